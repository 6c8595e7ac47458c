from botocore.exceptions import ClientError


def describe(error):
    """The SDK's report of a failed call."""
    if not isinstance(error, ClientError):
        return {"name": type(error).__name__, "message": str(error)}
    told = error.response["Error"]
    # exceptions received as frames have their code in camelCase
    code = told.get("Code", "")
    described = {"name": code[:1].upper() + code[1:], "message": told.get("Message", "")}
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    # a frame has no status; the SDK reports 200 or none
    return described if status is None else {**described, "status": status}
