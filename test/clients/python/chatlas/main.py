"""chatlas signs its requests itself, and asks for 4096 tokens at most."""

from cases import (
    PERSON_TEXT, QUESTION, SUM_QUESTION, TOOLS_MODEL, Calculator,
    expect_answer, expect_person, expect_stream, expect_usage, run,
)
from chatlas import ChatBedrock
from pydantic import BaseModel


class Person(BaseModel):
    """A person and their age."""

    name: str
    age: int


def chat():
    return ChatBedrock(model=TOOLS_MODEL)


def plain():
    expect_answer(str(chat().chat(QUESTION, stream=False, echo="none")).strip())


def stream():
    return expect_stream(chat().stream(QUESTION, echo="none"))


def usage():
    asked = chat()
    asked.chat(QUESTION, stream=False, echo="none")
    counts = asked.get_last_turn().tokens
    expect_usage(counts[0], counts[1])


def tools():
    calculator = Calculator()
    agent = chat()
    agent.register_tool(calculator.add)
    agent.register_tool(calculator.multiply)
    agent.chat(SUM_QUESTION, stream=False, echo="none")
    calculator.expect_calls(agent.get_last_turn().text)


def structured():
    person = chat().chat_structured(PERSON_TEXT, data_model=Person)
    expect_person(person.name, person.age)


run("chatlas", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
