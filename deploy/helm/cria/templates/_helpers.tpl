{{- define "cria.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "cria.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "cria.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "cria.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "cria.selector" -}}
app.kubernetes.io/name: {{ include "cria.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "cria.labels" -}}
{{ include "cria.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "cria.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* The file that Cria reads: what the values say, and what the chart knows better. */}}
{{- define "cria.config" -}}
{{- if not .Values.config.models -}}
{{- fail "config.models is empty: name at least one model and its server, such as --set-json 'config.models={\"meta.llama3-3-70b-instruct-v1:0\":{\"upstream\":{\"url\":\"http://vllm:8000/v1\"}}}'" -}}
{{- end -}}
{{- $listen := dict "host" "0.0.0.0" "port" 2742 -}}
{{- if .Values.tls.existingSecret -}}
{{- $_ := set $listen "tls" (dict "certFile" "/run/cria/tls/tls.crt" "keyFile" "/run/cria/tls/tls.key") -}}
{{- end -}}
{{- $own := dict "listen" $listen -}}
{{- if .Values.keys.existingSecret -}}
{{- $_ := set $own "auth" "keys" -}}
{{- $_ := set $own "keysFile" (printf "/run/cria/keys/%s" .Values.keys.key) -}}
{{- else -}}
{{- $name := include "cria.fullname" . -}}
{{- $_ := set $own "auth" "none" -}}
{{- $names := list $name (printf "%s.%s" $name .Release.Namespace) (printf "%s.%s.svc" $name .Release.Namespace) (printf "%s.%s.svc.cluster.local" $name .Release.Namespace) -}}
{{- $_ := set $own "allowHosts" (concat (.Values.config.allowHosts | default list) $names | uniq) -}}
{{- end -}}
{{- if .Values.metrics.enabled -}}
{{- $_ := set $own "metrics" (dict "port" (int .Values.metrics.port)) -}}
{{- end -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.config) $own) -}}
{{- end }}

{{/* Refuses a number of streams that no pod can have: then none would ever be added. Kubernetes adds pods beyond 110 % of the target. */}}
{{- define "cria.reachableTarget" -}}
{{- $most := 0 -}}
{{- $isBounded := eq .Values.autoscaling.metric "cria_streams_running" -}}
{{- range .Values.config.models -}}
{{- range concat (.upstreams | default list) (ternary (list .upstream) list (hasKey . "upstream")) -}}
{{- $most = add $most (int (.streams | default 256)) -}}
{{- if hasKey . "bedrock" -}}{{- $isBounded = false -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $isBounded (ge (mul 11 (int .Values.autoscaling.target)) (mul 10 $most)) -}}
{{- fail (printf "autoscaling.target is %d, and a pod runs %d streams at most, by `streams` of the servers in config.models: no pod would be added. Lower the target, to 80 %% of that or less." (int .Values.autoscaling.target) $most) -}}
{{- end -}}
{{- end }}
