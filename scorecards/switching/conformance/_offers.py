"""The tools that conformance probes offer, and the questions that want them."""

from scorecards.checks import tools
from scorecards.exchanges import Ask, Calling, Exchange, Tool
from scorecards.switching.conformance._conformance import Heard
from scorecards.target import Target

WEATHER = Tool(
    "get_weather",
    "Returns the current weather of a city. Always use it when somebody asks about the weather.",
    {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The name of the city"}},
        "required": ["city"],
        "additionalProperties": False,
    },
)
CLOCK = Tool(
    "get_time",
    "Returns the current time in a city.",
    {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The name of the city"}},
        "required": ["city"],
        "additionalProperties": False,
    },
)
WEATHER_QUESTION = "What is the weather in Paris now? Use get_weather."
TWO_QUESTIONS = (
    "What is the weather in Paris, and what is it in Rome? Call get_weather once for each city, both at once."
)
UNRELATED = "Say hello to a neighbour."
NO_TOOL_NEEDED = "What is two plus two? Answer with the number."
MAX_OUTPUT_TOKENS = 128


def ask(
    target: Target,
    text: str,
    *,
    calling: Calling | None = None,
    parallel: bool | None = None,
    offered: tuple[Tool, ...] = (WEATHER, CLOCK),
) -> Ask:
    """Return a question with tools on offer."""
    return Ask(
        text=text,
        max_output_tokens=MAX_OUTPUT_TOKENS,
        temperature=target.temperature,
        tools=offered,
        calling=calling,
        parallel=parallel,
    )


def fault(one: Exchange) -> str:
    """Return what is wrong with the calls of an answer, by what was offered; "" when nothing is."""
    try:
        list(tools.parsed(one.tool_calls, one.ask.tools))
    except ValueError as error:
        return str(error)
    return ""


def called_somewhere(heard: Heard) -> bool:
    """Tell whether the model called a tool in any answer of the run: tools work here."""
    return any(one.tool_calls for one in heard.exchanges)
