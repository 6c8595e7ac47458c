// Makes the calls read from stdin, one JSON object per line, with the AWS SDK for Go in its default configuration, and writes one
// line about each to stdout.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
)

type clients struct {
	runtime *bedrockruntime.Client
	control *bedrock.Client
}

func main() {
	if !slices.Equal(os.Args[1:], []string{"--transport", "default"}) {
		log.Fatal("the SDK has one transport: --transport default")
	}
	settings, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	sdk := clients{bedrockruntime.NewFromConfig(settings), bedrock.NewFromConfig(settings)}
	requests, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var asked request
		if err := requests.Decode(&asked); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		if err := answers.Encode(sdk.answer(asked)); err != nil {
			log.Fatal(err)
		}
	}
}

func (sdk clients) answer(asked request) answer {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if asked.AbortAfterMs != nil {
		timer := time.AfterFunc(time.Duration(*asked.AbortAfterMs)*time.Millisecond, cancel)
		defer timer.Stop()
	}
	seen := &events{wanted: asked.StopAfter}
	output, metadata, err := sdk.run(ctx, asked, seen)
	answer := answer{ID: asked.ID, Events: seen.list, Retries: retries(metadata, err)}
	if err != nil {
		answer.Error = describe(err)
	} else {
		answer.Output = output
	}
	return answer
}

func (sdk clients) run(ctx context.Context, asked request, seen *events) (any, metadata, error) {
	switch in := asked.Input; asked.Operation {
	case "InvokeModel":
		return invokeModel(ctx, sdk.runtime, in)
	case "InvokeModelWithResponseStream":
		return invokeModelWithResponseStream(ctx, sdk.runtime, in, seen.begin())
	case "Converse":
		return converse(ctx, sdk.runtime, in)
	case "ConverseStream":
		return converseStream(ctx, sdk.runtime, in, seen.begin())
	case "CountTokens":
		return countTokens(ctx, sdk.runtime, in)
	case "ListFoundationModels":
		return listFoundationModels(ctx, sdk.control)
	case "GetFoundationModel":
		return getFoundationModel(ctx, sdk.control, in)
	case "ListInferenceProfiles":
		return listInferenceProfiles(ctx, sdk.control)
	case "GetInferenceProfile":
		return getInferenceProfile(ctx, sdk.control, in)
	}
	panic(fmt.Sprintf("%s isn't an operation of this client", asked.Operation))
}
