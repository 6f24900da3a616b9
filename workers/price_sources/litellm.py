"""LiteLLM's price map at its repository."""

from workers.price_sources._source import PriceSource

SOURCE = PriceSource("https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json")
