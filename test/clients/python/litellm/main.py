"""litellm's completion(), and a loop around it that runs the tools."""

import json

from cases import (
    PERSON_TEXT, QUESTION, SUM_QUESTION, TOOLS_MODEL, Calculator,
    expect_answer, expect_person, expect_stream, expect_usage, run,
)
from litellm import completion
from pydantic import BaseModel

MODEL = f"bedrock/converse/{TOOLS_MODEL}"


class Person(BaseModel):
    """A person and their age."""

    name: str
    age: int


def ask(text, **options):
    return completion(model=MODEL, messages=[{"role": "user", "content": text}], **options)


def plain():
    expect_answer(ask(QUESTION).choices[0].message.content)


def stream():
    return expect_stream(chunk.choices[0].delta.content for chunk in ask(QUESTION, stream=True))


def usage():
    counts = ask(QUESTION).usage
    expect_usage(counts.prompt_tokens, counts.completion_tokens)


def tools():
    calculator = Calculator()
    functions = {"add": calculator.add, "multiply": calculator.multiply}
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "required": ["a", "b"],
    }
    declared = [
        {"type": "function", "function": {"name": name, "description": tool.__doc__, "parameters": schema}}
        for name, tool in functions.items()
    ]
    messages = [{"role": "user", "content": SUM_QUESTION}]
    for _ in range(5):
        message = completion(model=MODEL, messages=messages, tools=declared).choices[0].message
        messages.append(message)
        if not message.tool_calls:
            break
        for call in message.tool_calls:
            result = functions[call.function.name](**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": str(result)})
    calculator.expect_calls(message.content)


def structured():
    person = Person.model_validate_json(ask(PERSON_TEXT, response_format=Person).choices[0].message.content)
    expect_person(person.name, person.age)


run("litellm", plain=plain, stream=stream, usage=usage, tools=tools, structured=structured)
