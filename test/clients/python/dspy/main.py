"""DSPy, whose models are LiteLLM's."""

import dspy
from cases import (
    PERSON_TEXT, QUESTION, TOOLS_MODEL, NoSuchMode,
    expect_answer, expect_person, expect_usage, run,
)

lm = dspy.LM(f"bedrock/converse/{TOOLS_MODEL}", cache=False)
dspy.configure(lm=lm, adapter=dspy.JSONAdapter())


class Extract(dspy.Signature):
    """Extract the person."""

    text: str = dspy.InputField()
    name: str = dspy.OutputField()
    age: int = dspy.OutputField()


def plain():
    expect_answer(lm(QUESTION)[0])


def stream():
    raise NoSuchMode("it streams the fields of its own format alone")


def usage():
    lm(QUESTION)
    counts = lm.history[-1]["usage"]
    expect_usage(counts["prompt_tokens"], counts["completion_tokens"])


def tools():
    raise NoSuchMode("its agents write the calls of tools in a format of its own")


def structured():
    person = dspy.Predict(Extract)(text=PERSON_TEXT)
    expect_person(person.name, person.age)


run("dspy", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
