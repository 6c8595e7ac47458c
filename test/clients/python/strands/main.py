"""Strands Agents. Its model streams by default, and Bedrock refuses tools in a stream: so streaming is off for the agent."""

import asyncio

from cases import (
    PERSON_TEXT, QUESTION, STREAMED_TOOLS, SUM_QUESTION, TOOLS_MODEL, Calculator,
    expect_answer, expect_person, expect_refusal, expect_stream, expect_usage, run,
)
from pydantic import BaseModel
from strands import Agent, tool
from strands.models import BedrockModel


class Person(BaseModel):
    """A person and their age."""

    name: str
    age: int


def agent(streaming=False, tools=()):
    model = BedrockModel(model_id=TOOLS_MODEL, streaming=streaming)
    return Agent(model=model, tools=list(tools), callback_handler=None)


def plain():
    expect_answer(str(agent()(QUESTION)).strip())


def stream():
    async def texts():
        return [event["data"] async for event in agent(streaming=True).stream_async(QUESTION) if "data" in event]

    return expect_stream(asyncio.run(texts()))


def usage():
    counts = agent()(QUESTION).metrics.accumulated_usage
    expect_usage(counts["inputTokens"], counts["outputTokens"])


def tools():
    calculator = Calculator()
    functions = [tool(calculator.add), tool(calculator.multiply)]
    expect_refusal(STREAMED_TOOLS, lambda: agent(streaming=True, tools=functions)(SUM_QUESTION))
    calculator.expect_calls(str(agent(tools=functions)(SUM_QUESTION)))


def structured():
    person = agent()(PERSON_TEXT, structured_output_model=Person).structured_output
    expect_person(person.name, person.age)


run("strands-agents", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
