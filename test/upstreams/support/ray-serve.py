"""Serves a model with vLLM in two workers of Ray Serve. Arguments: the model's folder, its name, the port, tokens of its context, the key it wants."""

import sys
import time

import ray
from ray import serve

folder, name, port, context, key = sys.argv[1:]

# more workers than cores, since the machine is small; and little memory for objects, which hold nothing large here
ray.init(num_cpus=8, include_dashboard=False, object_store_memory=100_000_000)


@serve.deployment(num_replicas=2, max_ongoing_requests=64, ray_actor_options={"num_cpus": 1})
@serve.ingress()
class Vllm:
    """vLLM's own routes, in each replica of Ray Serve."""

    async def __init__(self):
        from vllm.engine.arg_utils import AsyncEngineArgs
        from vllm.entrypoints.launchers.api_server.app_state import init_app_state
        from vllm.entrypoints.launchers.app import build_app
        from vllm.entrypoints.launchers.cli_args import make_arg_parser
        from vllm.utils.argparse_utils import FlexibleArgumentParser
        from vllm.v1.engine.async_llm import AsyncLLM

        words = ["--model", folder, "--served-model-name", name, "--max-model-len", context, "--api-key", key]
        words += ["--enforce-eager", "--generation-config", "vllm", "--max-num-seqs", "64", "--dtype", "float32"]
        args = make_arg_parser(FlexibleArgumentParser()).parse_args(words)
        engine = AsyncLLM.from_engine_args(AsyncEngineArgs.from_cli_args(args))
        tasks = await engine.get_supported_tasks()
        self.routes = build_app(args, tasks, engine.model_config)
        await init_app_state(engine, self.routes.state, args, tasks)

    def __serve_build_asgi_app__(self):
        return self.routes


serve.start(http_options={"host": "127.0.0.1", "port": int(port)})
serve.run(Vllm.bind(), route_prefix="/")
print("ready", flush=True)
while True:
    time.sleep(3600)
