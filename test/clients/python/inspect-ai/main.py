"""Inspect's model API and its tool loop; it asks for 4096 tokens at most."""

import asyncio

from cases import (
    NoSuchMode, QUESTION, SUM_QUESTION, TOOLS_MODEL, Calculator,
    expect_answer, expect_stream, expect_usage, run,
)
from inspect_ai.model import get_model
from inspect_ai.tool import tool

MODEL = f"bedrock/{TOOLS_MODEL}"


def ask(text):
    return asyncio.run(get_model(MODEL, memoize=False).generate(text))


def plain():
    expect_answer(ask(QUESTION).completion)


def stream():
    texts = []

    async def note(event):
        if event.type == "text":
            texts.append(event.text)

    asyncio.run(get_model(MODEL, memoize=False).generate(QUESTION, on_stream=note))
    return expect_stream(texts)


def usage():
    counts = ask(QUESTION).usage
    expect_usage(counts.input_tokens, counts.output_tokens)


def tools():
    calculator = Calculator()

    @tool
    def add():
        async def execute(a: int, b: int):
            """Add two integers.

            Args:
                a: The first integer.
                b: The second integer.
            """
            return calculator.add(a, b)

        return execute

    @tool
    def multiply():
        async def execute(a: int, b: int):
            """Multiply two integers.

            Args:
                a: The first integer.
                b: The second integer.
            """
            return calculator.multiply(a, b)

        return execute

    async def loop():
        _, output = await get_model(MODEL, memoize=False).generate_loop(SUM_QUESTION, tools=[add(), multiply()])
        return output.completion

    calculator.expect_calls(asyncio.run(loop()))


def structured():
    raise NoSuchMode("its provider for Bedrock takes a `response_schema` only for Claude")


run("inspect-ai", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
