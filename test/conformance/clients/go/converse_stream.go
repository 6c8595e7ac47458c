package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
)

func converseStream(
	ctx context.Context, client *bedrockruntime.Client, in input, seen *events,
) (any, metadata, error) {
	response, err := client.ConverseStream(ctx, &bedrockruntime.ConverseStreamInput{
		ModelId:                      in.ModelID,
		Messages:                     in.messages(),
		System:                       in.system(),
		InferenceConfig:              in.InferenceConfig.configuration(),
		AdditionalModelRequestFields: in.additionalFields(),
	})
	if err != nil {
		return nil, metadata{}, err
	}
	stream := response.GetStream()
	defer stream.Close()
	for event := range stream.Events() {
		if seen.add(showEvent(event)) {
			return object{}, response.ResultMetadata, nil
		}
	}
	return object{}, response.ResultMetadata, stream.Err()
}
