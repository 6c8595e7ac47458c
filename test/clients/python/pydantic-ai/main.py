"""Pydantic AI's agent; its result is the call of an output tool, which it doesn't force for Llama."""

import asyncio

from cases import (
    PERSON_TEXT, QUESTION, SUM_QUESTION, TOOLS_MODEL, Calculator,
    expect_answer, expect_person, expect_stream, expect_usage, run,
)
from pydantic import BaseModel
from pydantic_ai import Agent

MODEL = f"bedrock:{TOOLS_MODEL}"


class Person(BaseModel):
    """A person and their age."""

    name: str
    age: int


def plain():
    expect_answer(Agent(MODEL).run_sync(QUESTION).output)


def stream():
    async def texts():
        async with Agent(MODEL).run_stream(QUESTION) as result:
            return [text async for text in result.stream_text(delta=True, debounce_by=None)]

    return expect_stream(asyncio.run(texts()))


def usage():
    counts = Agent(MODEL).run_sync(QUESTION).usage
    expect_usage(counts.input_tokens, counts.output_tokens)


def tools():
    calculator = Calculator()
    agent = Agent(MODEL, tools=[calculator.add, calculator.multiply])
    calculator.expect_calls(agent.run_sync(SUM_QUESTION).output)


def structured():
    person = Agent(MODEL, output_type=Person).run_sync(PERSON_TEXT).output
    expect_person(person.name, person.age)


run("pydantic-ai-slim", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
