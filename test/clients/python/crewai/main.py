"""CrewAI: a crew of one agent with one task."""

from cases import (
    PERSON_TEXT, QUESTION, SUM_QUESTION, TOOLS_MODEL, Calculator,
    expect_answer, expect_person, expect_stream, expect_usage, run,
)
from crewai import LLM, Agent, Crew, Task
from crewai.tools import tool
from pydantic import BaseModel


class Person(BaseModel):
    """A person and their age."""

    name: str
    age: int


def crew(text, tools=(), stream=False, **task_options):
    agent = Agent(
        role="Assistant",
        goal="Answer questions",
        backstory="You answer questions.",
        llm=LLM(model=f"bedrock/{TOOLS_MODEL}", stream=stream),
        tools=list(tools),
    )
    task = Task(description=text, expected_output="A short answer", agent=agent, **task_options)
    return Crew(agents=[agent], tasks=[task], stream=stream)


def plain():
    expect_answer(crew(QUESTION).kickoff().raw)


def stream():
    return expect_stream(chunk.content for chunk in crew(QUESTION, stream=True).kickoff())


def usage():
    counts = crew(QUESTION).kickoff().token_usage
    expect_usage(counts.prompt_tokens, counts.completion_tokens)


def tools():
    calculator = Calculator()

    @tool("add")
    def add(a: int, b: int) -> int:
        """Add two integers."""
        return calculator.add(a, b)

    @tool("multiply")
    def multiply(a: int, b: int) -> int:
        """Multiply two integers."""
        return calculator.multiply(a, b)

    calculator.expect_calls(crew(SUM_QUESTION, [add, multiply]).kickoff().raw)


def structured():
    person = crew(PERSON_TEXT, output_pydantic=Person).kickoff().pydantic
    expect_person(person.name, person.age)


run("crewai", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
