"""Google's Agent Development Kit, with LiteLLM for Bedrock."""

import asyncio
import json

from cases import (
    PERSON_TEXT, QUESTION, SUM_QUESTION, TOOLS_MODEL, Calculator,
    expect_answer, expect_person, expect_stream, expect_usage, run,
)
from google.adk.agents import LlmAgent
from google.adk.agents.run_config import RunConfig, StreamingMode
from google.adk.models.lite_llm import LiteLlm
from google.adk.runners import InMemoryRunner
from google.genai import types
from pydantic import BaseModel


class Person(BaseModel):
    """A person and their age."""

    name: str
    age: int


def ask(text, streaming=StreamingMode.NONE, **options):
    """The events of an agent's run."""

    async def events():
        agent = LlmAgent(name="assistant", model=LiteLlm(model=f"bedrock/converse/{TOOLS_MODEL}"), **options)
        runner = InMemoryRunner(agent=agent, app_name="clients")
        session = await runner.session_service.create_session(app_name="clients", user_id="user")
        asked = runner.run_async(
            user_id="user",
            session_id=session.id,
            new_message=types.Content(role="user", parts=[types.Part(text=text)]),
            run_config=RunConfig(streaming_mode=streaming),
        )
        return [event async for event in asked]

    return asyncio.run(events())


def text_of(event):
    parts = event.content.parts if event.content else []
    return "".join(part.text or "" for part in parts or [])


def plain():
    expect_answer(text_of(ask(QUESTION)[-1]))


def stream():
    events = ask(QUESTION, streaming=StreamingMode.SSE)
    return expect_stream(text_of(event) for event in events if event.partial)


def usage():
    counts = ask(QUESTION)[-1].usage_metadata
    expect_usage(counts.prompt_token_count, counts.candidates_token_count)


def tools():
    calculator = Calculator()
    calculator.expect_calls(text_of(ask(SUM_QUESTION, tools=[calculator.add, calculator.multiply])[-1]))


def structured():
    person = json.loads(text_of(ask(PERSON_TEXT, output_schema=Person)[-1]))
    expect_person(person["name"], person["age"])


run("google-adk", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
