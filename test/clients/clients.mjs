// The frameworks that `npm run clients` runs, in the order of the table in docs/clients.md.

/**
 * A row of the table.
 *
 * @typedef {object} Client
 * @property {string} name the word that selects it on the command line
 * @property {string} title as the table names it
 * @property {"python" | "javascript" | "java"} language
 * @property {string} folder its folder below test/clients/<language>, which holds its pinned packages
 * @property {string} program the program in that folder; for Java its main class
 * @property {string} [structuredCall] the tool that its structured output is a call of; without it, the model answers with JSON
 * @property {string} [toolPrefix] what it puts before the names of tools
 * @property {Record<string, string>} [faults] for a case that fails by the framework's own fault: what that is, a sentence
 * @property {string} pointing how to point it at Cria
 * @property {string[]} [notes] what readers should know, each a sentence
 */

const NOTHING = "`cria run -- python app.py` and nothing else.";
const NOTHING_JS = "`cria run -- node app.js` and nothing else.";

const READS_TOOL_CALLS =
  "smolagents reads `tool_calls` from the response, which Converse's responses don't have: `KeyError`.";
const SENDS_TOOLS =
  "smolagents sends the tools as `tools`, which boto3 refuses before anything is sent: `ParamValidationError`.";

/** @type {Client[]} */
export const clients = [
  {
    name: "langchain-aws",
    title: "LangChain (Python), `ChatBedrockConverse`",
    language: "python",
    folder: "langchain-aws",
    program: "converse.py",
    structuredCall: "Person",
    pointing: NOTHING,
  },
  {
    name: "langchain-aws-invoke-model",
    title: "LangChain (Python), `ChatBedrock` with InvokeModel",
    language: "python",
    folder: "langchain-aws",
    program: "invoke_model.py",
    pointing: NOTHING,
  },
  {
    name: "langchain-aws-js",
    title: "LangChain (JavaScript)",
    language: "javascript",
    folder: "langchain-aws",
    program: "main.mjs",
    structuredCall: "person",
    pointing: NOTHING_JS,
  },
  {
    name: "llama-index",
    title: "LlamaIndex",
    language: "python",
    folder: "llama-index",
    program: "main.py",
    structuredCall: "Person",
    pointing: NOTHING,
    notes: [
      "Structured output needs `BedrockConverse(supports_forced_tool_calls=False)`: it forces a tool otherwise, which Bedrock refuses.",
    ],
  },
  {
    name: "ai-sdk",
    title: "Vercel AI SDK",
    language: "javascript",
    folder: "ai-sdk",
    program: "main.mjs",
    structuredCall: "json",
    pointing:
      "`createAmazonBedrock({ baseURL: process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME })`, under `cria run`.",
  },
  {
    name: "strands",
    title: "Strands Agents (Python)",
    language: "python",
    folder: "strands",
    program: "main.py",
    structuredCall: "Person",
    pointing: NOTHING,
    notes: [
      "`BedrockModel` streams unless it is made with `streaming=False`, and Bedrock refuses tools in a stream.",
    ],
  },
  {
    name: "litellm",
    title: "LiteLLM",
    language: "python",
    folder: "litellm",
    program: "main.py",
    structuredCall: "json_tool_call",
    pointing: 'Set `AWS_BEDROCK_RUNTIME_ENDPOINT="$AWS_ENDPOINT_URL_BEDROCK_RUNTIME"`, under `cria run`.',
  },
  {
    name: "instructor",
    title: "Instructor",
    language: "python",
    folder: "instructor",
    program: "main.py",
    pointing: NOTHING,
    notes: ["It needs `Mode.MD_JSON`: its default, `Mode.TOOLS`, forces a tool, which Bedrock refuses."],
  },
  {
    name: "pydantic-ai",
    title: "Pydantic AI",
    language: "python",
    folder: "pydantic-ai",
    program: "main.py",
    structuredCall: "final_result",
    pointing: NOTHING,
  },
  {
    name: "haystack",
    title: "Haystack",
    language: "python",
    folder: "haystack",
    program: "main.py",
    pointing: NOTHING,
  },
  {
    name: "spring-ai",
    title: "Spring AI",
    language: "java",
    folder: "spring-ai",
    program: "Main",
    pointing: "`cria run -- mvn spring-boot:run` and nothing else.",
  },
  {
    name: "langchain4j",
    title: "LangChain4j",
    language: "java",
    folder: "langchain4j",
    program: "Main",
    pointing: "`cria run -- mvn compile exec:java` and nothing else.",
  },
  {
    name: "strands-js",
    title: "Strands Agents (TypeScript)",
    language: "javascript",
    folder: "strands",
    program: "main.mjs",
    structuredCall: "strands_structured_output",
    pointing: NOTHING_JS,
    notes: [
      "`BedrockModel` streams unless it is made with `stream: false`, and Bedrock refuses tools in a stream.",
    ],
  },
  {
    name: "smolagents",
    title: "smolagents",
    language: "python",
    folder: "smolagents",
    program: "main.py",
    faults: { plain: READS_TOOL_CALLS, usage: READS_TOOL_CALLS, tools: SENDS_TOOLS },
    pointing: NOTHING,
  },
  {
    name: "semantic-kernel",
    title: "Semantic Kernel (Python)",
    language: "python",
    folder: "semantic-kernel",
    program: "main.py",
    toolPrefix: "calculator-",
    pointing: NOTHING,
  },
  {
    name: "chatlas",
    title: "chatlas",
    language: "python",
    folder: "chatlas",
    program: "main.py",
    structuredCall: "_structured_tool_call",
    pointing: NOTHING,
  },
  {
    name: "inspect-ai",
    title: "Inspect",
    language: "python",
    folder: "inspect-ai",
    program: "main.py",
    pointing: NOTHING,
  },
  {
    name: "crewai",
    title: "CrewAI",
    language: "python",
    folder: "crewai",
    program: "main.py",
    pointing: NOTHING,
  },
  {
    name: "agno",
    title: "Agno",
    language: "python",
    folder: "agno",
    program: "main.py",
    pointing: NOTHING,
  },
];
