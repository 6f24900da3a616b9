"""The data of genai-prices at its repository."""

from workers.price_sources._source import PriceSource

SOURCE = PriceSource("https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json")
