package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
)

func invokeModel(ctx context.Context, client *bedrockruntime.Client, in input) (any, metadata, error) {
	response, err := client.InvokeModel(ctx, &bedrockruntime.InvokeModelInput{
		ModelId:     in.ModelID,
		ContentType: in.ContentType,
		Accept:      in.Accept,
		Body:        bytes(in.Body),
	})
	if err != nil {
		return nil, metadata{}, err
	}
	return object{"body": string(response.Body), "contentType": response.ContentType}, response.ResultMetadata, nil
}

func invokeModelWithResponseStream(
	ctx context.Context, client *bedrockruntime.Client, in input, seen *events,
) (any, metadata, error) {
	response, err := client.InvokeModelWithResponseStream(ctx, &bedrockruntime.InvokeModelWithResponseStreamInput{
		ModelId:     in.ModelID,
		ContentType: in.ContentType,
		Accept:      in.Accept,
		Body:        bytes(in.Body),
	})
	if err != nil {
		return nil, metadata{}, err
	}
	stream := response.GetStream()
	defer stream.Close()
	output := object{"contentType": response.ContentType}
	for event := range stream.Events() {
		shown := object{"unknown": fmt.Sprintf("%T", event)}
		if chunk, ok := event.(*types.ResponseStreamMemberChunk); ok {
			shown = object{"chunk": string(chunk.Value.Bytes)}
		}
		if seen.add(shown) {
			return output, response.ResultMetadata, nil
		}
	}
	return output, response.ResultMetadata, stream.Err()
}

// A missing body stays nil: the SDK rejects nil, but sends an empty body.
func bytes(body *string) []byte {
	if body == nil {
		return nil
	}
	return []byte(*body)
}
