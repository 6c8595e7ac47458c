"""The OpenAI Agents SDK, with LiteLLM for Bedrock."""

import asyncio

from agents import Agent, Runner, function_tool, set_tracing_disabled
from agents.extensions.models.litellm_model import LitellmModel
from cases import (
    PERSON_TEXT, QUESTION, SUM_QUESTION, TOOLS_MODEL, Calculator,
    expect_answer, expect_person, expect_stream, expect_usage, run,
)
from pydantic import BaseModel

# traces go to OpenAI
set_tracing_disabled(True)


class Person(BaseModel):
    """A person and their age."""

    name: str
    age: int


def agent(**options):
    model = LitellmModel(model=f"bedrock/converse/{TOOLS_MODEL}")
    return Agent(name="Assistant", model=model, **options)


def ask(text, **options):
    return Runner.run_sync(agent(**options), text)


def plain():
    expect_answer(ask(QUESTION).final_output)


def stream():
    async def texts():
        events = Runner.run_streamed(agent(), QUESTION).stream_events()
        return [
            event.data.delta
            async for event in events
            if event.type == "raw_response_event" and event.data.type == "response.output_text.delta"
        ]

    return expect_stream(asyncio.run(texts()))


def usage():
    counts = ask(QUESTION).context_wrapper.usage
    expect_usage(counts.input_tokens, counts.output_tokens)


def tools():
    calculator = Calculator()
    declared = [function_tool(calculator.add), function_tool(calculator.multiply)]
    calculator.expect_calls(ask(SUM_QUESTION, tools=declared).final_output)


def structured():
    person = ask(PERSON_TEXT, output_type=Person).final_output
    expect_person(person.name, person.age)


run("openai-agents", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
