"""smolagents' AmazonBedrockModel; its agents declare their tools in the prompt, and read the call from the text."""

from cases import (
    NoSuchMode, QUESTION, SUM_QUESTION, TOOLS_MODEL, Calculator,
    expect_answer, expect_usage, run,
)
from smolagents import AmazonBedrockModel, ChatMessage, ToolCallingAgent, tool

model = AmazonBedrockModel(model_id=TOOLS_MODEL)
question = [ChatMessage(role="user", content=[{"type": "text", "text": QUESTION}])]


def plain():
    expect_answer(model.generate(question).content)


def stream():
    raise NoSuchMode("its model for Bedrock doesn't stream")


def usage():
    counts = model.generate(question).token_usage
    expect_usage(counts.input_tokens, counts.output_tokens)


def tools():
    calculator = Calculator()

    @tool
    def add(a: int, b: int) -> int:
        """Add two integers.

        Args:
            a: The first integer.
            b: The second integer.
        """
        return calculator.add(a, b)

    @tool
    def multiply(a: int, b: int) -> int:
        """Multiply two integers.

        Args:
            a: The first integer.
            b: The second integer.
        """
        return calculator.multiply(a, b)

    agent = ToolCallingAgent(tools=[add, multiply], model=model, verbosity_level=0)
    calculator.expect_calls(str(agent.run(SUM_QUESTION)))


def structured():
    raise NoSuchMode("its model for Bedrock takes no `response_format`")


run("smolagents", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
