package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/document"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
)

func converse(ctx context.Context, client *bedrockruntime.Client, in input) (any, metadata, error) {
	response, err := client.Converse(ctx, &bedrockruntime.ConverseInput{
		ModelId:                      in.ModelID,
		Messages:                     in.messages(),
		System:                       in.system(),
		InferenceConfig:              in.InferenceConfig.configuration(),
		AdditionalModelRequestFields: in.additionalFields(),
	})
	if err != nil {
		return nil, metadata{}, err
	}
	return object{
		"output":     object{"message": showMessage(response.Output)},
		"stopReason": response.StopReason,
		"usage":      showUsage(response.Usage),
		"metrics":    showMetrics(response.Metrics),
	}, response.ResultMetadata, nil
}

func countTokens(ctx context.Context, client *bedrockruntime.Client, in input) (any, metadata, error) {
	var counted types.CountTokensInput = &types.CountTokensInputMemberConverse{
		Value: types.ConverseTokensRequest{Messages: in.Converse.messages(), System: in.Converse.system()},
	}
	if in.InvokeModelBody != nil {
		counted = &types.CountTokensInputMemberInvokeModel{
			Value: types.InvokeModelTokensRequest{Body: []byte(*in.InvokeModelBody)},
		}
	}
	response, err := client.CountTokens(ctx, &bedrockruntime.CountTokensInput{ModelId: in.ModelID, Input: counted})
	if err != nil {
		return nil, metadata{}, err
	}
	return object{"inputTokens": response.InputTokens}, response.ResultMetadata, nil
}

func (said conversation) messages() []types.Message {
	var messages []types.Message
	for _, message := range said.Messages {
		var content []types.ContentBlock
		for _, block := range message.Content {
			content = append(content, &types.ContentBlockMemberText{Value: block.Text})
		}
		messages = append(messages, types.Message{Role: types.ConversationRole(message.Role), Content: content})
	}
	return messages
}

func (said conversation) system() []types.SystemContentBlock {
	var system []types.SystemContentBlock
	for _, block := range said.System {
		system = append(system, &types.SystemContentBlockMemberText{Value: block.Text})
	}
	return system
}

func (config *inferenceConfig) configuration() *types.InferenceConfiguration {
	if config == nil {
		return nil
	}
	return &types.InferenceConfiguration{
		MaxTokens:     config.MaxTokens,
		Temperature:   config.Temperature,
		TopP:          config.TopP,
		StopSequences: config.StopSequences,
	}
}

func (in input) additionalFields() document.Interface {
	if in.AdditionalModelRequestFields == nil {
		return nil
	}
	return document.NewLazyDocument(in.AdditionalModelRequestFields)
}
