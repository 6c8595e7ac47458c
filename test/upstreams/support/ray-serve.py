"""Serves a model with vLLM in a worker of Ray Serve. Arguments: the model's folder, its name, the port, tokens of its context."""

import sys
import time

import ray
from fastapi import FastAPI
from ray import serve

folder, name, port, context = sys.argv[1:]
app = FastAPI()


@serve.deployment(num_replicas=1, max_ongoing_requests=64, ray_actor_options={"num_cpus": 1})
@serve.ingress(app)
class Vllm:
    """vLLM's own routes, in a replica of Ray Serve."""

    async def __init__(self):
        from argparse import Namespace

        from vllm.engine.arg_utils import AsyncEngineArgs
        from vllm.entrypoints.openai.api_server import build_app, init_app_state
        from vllm.entrypoints.openai.cli_args import make_arg_parser
        from vllm.utils.argparse_utils import FlexibleArgumentParser
        from vllm.v1.engine.async_llm import AsyncLLM

        words = ["--model", folder, "--served-model-name", name, "--max-model-len", context, "--enforce-eager", "--generation-config", "vllm"]
        args: Namespace = make_arg_parser(FlexibleArgumentParser()).parse_args(words)
        engine = AsyncLLM.from_engine_args(AsyncEngineArgs.from_cli_args(args))
        inner = build_app(args)
        await init_app_state(engine, inner.state, args)
        app.mount("/", inner)


serve.start(http_options={"host": "127.0.0.1", "port": int(port)})
serve.run(Vllm.bind(), route_prefix="/")
print("ready", flush=True)
while True:
    time.sleep(3600)
