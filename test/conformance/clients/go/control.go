package main

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/bedrock"
)

func listFoundationModels(ctx context.Context, client *bedrock.Client) (any, metadata, error) {
	response, err := client.ListFoundationModels(ctx, &bedrock.ListFoundationModelsInput{})
	if err != nil {
		return nil, metadata{}, err
	}
	ids := []any{}
	for _, model := range response.ModelSummaries {
		ids = append(ids, model.ModelId)
	}
	return object{"modelIds": ids}, response.ResultMetadata, nil
}

func getFoundationModel(ctx context.Context, client *bedrock.Client, in input) (any, metadata, error) {
	response, err := client.GetFoundationModel(ctx, &bedrock.GetFoundationModelInput{ModelIdentifier: in.ModelIdentifier})
	if err != nil {
		return nil, metadata{}, err
	}
	model := response.ModelDetails
	if model == nil {
		return nil, metadata{}, errors.New("the response has no modelDetails")
	}
	return object{
		"modelId":      model.ModelId,
		"modelArn":     model.ModelArn,
		"providerName": model.ProviderName,
	}, response.ResultMetadata, nil
}

func listInferenceProfiles(ctx context.Context, client *bedrock.Client) (any, metadata, error) {
	response, err := client.ListInferenceProfiles(ctx, &bedrock.ListInferenceProfilesInput{})
	if err != nil {
		return nil, metadata{}, err
	}
	ids := []any{}
	for _, profile := range response.InferenceProfileSummaries {
		ids = append(ids, profile.InferenceProfileId)
	}
	return object{"inferenceProfileIds": ids}, response.ResultMetadata, nil
}

func getInferenceProfile(ctx context.Context, client *bedrock.Client, in input) (any, metadata, error) {
	response, err := client.GetInferenceProfile(ctx, &bedrock.GetInferenceProfileInput{
		InferenceProfileIdentifier: in.InferenceProfileIdentifier,
	})
	if err != nil {
		return nil, metadata{}, err
	}
	models := []any{}
	for _, model := range response.Models {
		models = append(models, model.ModelArn)
	}
	return object{
		"inferenceProfileId":  response.InferenceProfileId,
		"inferenceProfileArn": response.InferenceProfileArn,
		"models":              models,
	}, response.ResultMetadata, nil
}
