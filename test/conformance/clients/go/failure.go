package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

type metadata = middleware.Metadata

// The SDK's report of a failed call.
func describe(err error) *failure {
	described := &failure{Name: typeName(err), Message: err.Error()}
	var exception smithy.APIError
	if errors.As(err, &exception) {
		described.Name, described.Message = exception.ErrorCode(), exception.ErrorMessage()
	}
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		described.Status = response.HTTPStatusCode()
	}
	return described
}

// The name of the first error type in the chain that describes the failure, not the operation, attempt or response around it.
func typeName(err error) string {
	if errors.Is(err, context.Canceled) {
		return "Canceled"
	}
	for {
		name := fmt.Sprintf("%T", err)
		name = name[strings.LastIndex(name, ".")+1:]
		inner := errors.Unwrap(err)
		if inner == nil || !slices.Contains(wrappers, name) {
			return name
		}
		err = inner
	}
}

var wrappers = []string{"OperationError", "MaxAttemptsError", "ResponseError", "wrapError"}

// The number of retries. The SDK reports it for calls that succeeded, and for calls that ran out of attempts.
func retries(of metadata, err error) *int {
	var exhausted *retry.MaxAttemptsError
	if errors.As(err, &exhausted) {
		repeated := exhausted.Attempt - 1
		return &repeated
	}
	if attempts, ok := retry.GetAttemptResults(of); ok {
		repeated := len(attempts.Results) - 1
		return &repeated
	}
	return nil
}
