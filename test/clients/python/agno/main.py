"""Agno's agent."""

from agno.agent import Agent
from agno.models.aws import AwsBedrock
from cases import (
    PERSON_TEXT, QUESTION, SUM_QUESTION, TOOLS_MODEL, Calculator,
    expect_answer, expect_person, expect_stream, expect_usage, run,
)
from pydantic import BaseModel


class Person(BaseModel):
    """A person and their age."""

    name: str
    age: int


def agent(**options):
    return Agent(model=AwsBedrock(id=TOOLS_MODEL), telemetry=False, **options)


def plain():
    expect_answer(agent().run(QUESTION).content)


def stream():
    return expect_stream(event.content for event in agent().run(QUESTION, stream=True))


def usage():
    counts = agent().run(QUESTION).metrics
    expect_usage(counts.input_tokens, counts.output_tokens)


def tools():
    calculator = Calculator()
    answer = agent(tools=[calculator.add, calculator.multiply]).run(SUM_QUESTION).content
    calculator.expect_calls(answer)


def structured():
    person = agent(output_schema=Person).run(PERSON_TEXT).content
    expect_person(person.name, person.age)


run("agno", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
