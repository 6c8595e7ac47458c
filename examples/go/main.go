// Send a prompt to Llama 2 on Amazon Bedrock and print the answer as it is generated.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
)

func main() {
	ctx := context.Background()
	settings, err := config.LoadDefaultConfig(ctx, config.WithRegion("us-east-1"))
	check(err)
	client := bedrockruntime.NewFromConfig(settings)

	userMessage := "Describe the purpose of a 'hello world' program in one line."

	// Llama 2's own format: an instruction stands between [INST] and [/INST].
	prompt := fmt.Sprintf("<s>[INST] %s [/INST]", userMessage)

	body, err := json.Marshal(map[string]any{"prompt": prompt, "max_gen_len": 512, "temperature": 0.5})
	check(err)
	response, err := client.InvokeModelWithResponseStream(ctx, &bedrockruntime.InvokeModelWithResponseStreamInput{
		ModelId:     aws.String("meta.llama2-13b-chat-v1"),
		ContentType: aws.String("application/json"),
		Body:        body,
	})
	check(err)
	stream := response.GetStream()
	defer stream.Close()

	for event := range stream.Events() {
		if chunk, ok := event.(*types.ResponseStreamMemberChunk); ok {
			var answer struct{ Generation string }
			check(json.Unmarshal(chunk.Value.Bytes, &answer))
			fmt.Print(answer.Generation)
		}
	}
	check(stream.Err())
	fmt.Println()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
