package main

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
)

// An event of ConverseStream, as in AWS's JSON.
func showEvent(event types.ConverseStreamOutput) object {
	switch event := event.(type) {
	case *types.ConverseStreamOutputMemberMessageStart:
		return object{"messageStart": object{"role": event.Value.Role}}
	case *types.ConverseStreamOutputMemberContentBlockDelta:
		return object{"contentBlockDelta": object{
			"contentBlockIndex": event.Value.ContentBlockIndex,
			"delta":             showDelta(event.Value.Delta),
		}}
	case *types.ConverseStreamOutputMemberContentBlockStop:
		return object{"contentBlockStop": object{"contentBlockIndex": event.Value.ContentBlockIndex}}
	case *types.ConverseStreamOutputMemberMessageStop:
		return object{"messageStop": object{"stopReason": event.Value.StopReason}}
	case *types.ConverseStreamOutputMemberMetadata:
		metrics := object{}
		if event.Value.Metrics != nil {
			metrics["latencyMs"] = event.Value.Metrics.LatencyMs
		}
		return object{"metadata": object{"usage": showUsage(event.Value.Usage), "metrics": metrics}}
	default:
		return object{"unknown": fmt.Sprintf("%T", event)}
	}
}

func showDelta(delta types.ContentBlockDelta) object {
	if text, ok := delta.(*types.ContentBlockDeltaMemberText); ok {
		return object{"text": text.Value}
	}
	return object{"unknown": fmt.Sprintf("%T", delta)}
}

func showMessage(output types.ConverseOutput) any {
	said, ok := output.(*types.ConverseOutputMemberMessage)
	if !ok {
		return nil
	}
	content := []any{}
	for _, block := range said.Value.Content {
		if text, ok := block.(*types.ContentBlockMemberText); ok {
			content = append(content, object{"text": text.Value})
		} else {
			content = append(content, object{"unknown": fmt.Sprintf("%T", block)})
		}
	}
	return object{"role": said.Value.Role, "content": content}
}

func showMetrics(metrics *types.ConverseMetrics) object {
	if metrics == nil {
		return object{}
	}
	return object{"latencyMs": metrics.LatencyMs}
}

func showUsage(usage *types.TokenUsage) any {
	if usage == nil {
		return nil
	}
	return object{
		"inputTokens":  usage.InputTokens,
		"outputTokens": usage.OutputTokens,
		"totalTokens":  usage.TotalTokens,
	}
}
