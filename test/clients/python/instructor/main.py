"""instructor asks for JSON in its mode MD_JSON; its mode TOOLS forces a tool."""

import boto3
import instructor
from cases import (
    FORCED_TOOL, NoSuchMode, PERSON_TEXT, QUESTION, TOOLS_MODEL,
    expect_answer, expect_person, expect_refusal, expect_usage, run,
)
from pydantic import BaseModel


class Person(BaseModel):
    """A person and their age."""

    name: str
    age: int


def ask(text, response_model, mode=instructor.Mode.MD_JSON):
    client = instructor.from_bedrock(boto3.client("bedrock-runtime"), mode=mode)
    return client.create(
        modelId=TOOLS_MODEL,
        messages=[{"role": "user", "content": [{"text": text}]}],
        response_model=response_model,
        max_retries=0,
    )


def plain():
    expect_answer(ask(QUESTION, None)["output"]["message"]["content"][0]["text"])


def stream():
    raise NoSuchMode("it doesn't stream from Bedrock")


def usage():
    counts = ask(QUESTION, None)["usage"]
    expect_usage(counts["inputTokens"], counts["outputTokens"])


def tools():
    raise NoSuchMode("it runs no tools")


def structured():
    expect_refusal(FORCED_TOOL, lambda: ask(PERSON_TEXT, Person, instructor.Mode.TOOLS))
    person = ask(PERSON_TEXT, Person)
    expect_person(person.name, person.age)


run("instructor", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
