package main

import "encoding/json"

// One line of stdin.
type request struct {
	ID           json.RawMessage
	Operation    string
	Input        input
	StopAfter    *int
	AbortAfterMs *int
}

// The inputs of all operations; each uses its own members.
type input struct {
	ModelID                      *string
	Body, ContentType, Accept    *string
	InferenceConfig              *inferenceConfig
	AdditionalModelRequestFields map[string]any
	InvokeModelBody              *string
	Converse                     conversation
	ModelIdentifier              *string
	InferenceProfileIdentifier   *string
	conversation
}

type conversation struct {
	Messages []struct {
		Role    string
		Content []text
	}
	System []text
}

type text struct{ Text string }

type inferenceConfig struct {
	MaxTokens         *int32
	Temperature, TopP *float32
	StopSequences     []string
}

// One line of stdout.
type answer struct {
	ID      json.RawMessage `json:"id"`
	Events  []any           `json:"events,omitzero"`
	Output  any             `json:"output,omitzero"`
	Error   *failure        `json:"error,omitzero"`
	Retries *int            `json:"retries,omitzero"`
}

type failure struct {
	Name    string `json:"name"`
	Status  int    `json:"status,omitzero"`
	Message string `json:"message"`
}

// A JSON object to write.
type object = map[string]any

// The events of a stream so far, and the number that the program wants.
type events struct {
	list   []any
	wanted *int
}

// A stream has a list of events, at first an empty one, as soon as it is requested.
func (seen *events) begin() *events {
	seen.list = []any{}
	return seen
}

// Keeps an event; returns true once there are as many as wanted.
func (seen *events) add(event object) bool {
	seen.list = append(seen.list, event)
	return seen.wanted != nil && len(seen.list) == *seen.wanted
}
