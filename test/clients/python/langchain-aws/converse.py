"""LangChain's ChatBedrockConverse, and an agent made with create_agent."""

from cases import (
    PERSON_TEXT, QUESTION, SUM_QUESTION, TOOLS_MODEL, Calculator,
    expect_answer, expect_person, expect_stream, expect_usage, run,
)
from langchain.agents import create_agent
from langchain_aws import ChatBedrockConverse
from pydantic import BaseModel

model = ChatBedrockConverse(model=TOOLS_MODEL)


class Person(BaseModel):
    """A person and their age."""

    name: str
    age: int


def plain():
    expect_answer(model.invoke(QUESTION).text)


def stream():
    return expect_stream(chunk.text for chunk in model.stream(QUESTION))


def usage():
    counts = model.invoke(QUESTION).usage_metadata
    expect_usage(counts["input_tokens"], counts["output_tokens"])


def tools():
    calculator = Calculator()
    agent = create_agent(model, tools=[calculator.add, calculator.multiply])
    result = agent.invoke({"messages": [{"role": "user", "content": SUM_QUESTION}]})
    calculator.expect_calls(result["messages"][-1].text)


def structured():
    person = model.with_structured_output(Person).invoke(PERSON_TEXT)
    expect_person(person.name, person.age)


run("langchain-aws", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
