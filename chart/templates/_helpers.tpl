{{- define "saas-bot.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- define "saas-bot.selector" -}}
app.kubernetes.io/name: saas-bot
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "saas-bot.valkeySelector" -}}
app.kubernetes.io/name: saas-bot-valkey
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "saas-bot.release" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "saas-bot.labels" -}}
{{ include "saas-bot.selector" . }}
{{ include "saas-bot.release" . }}
{{- end }}

{{- define "saas-bot.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "saas-bot.name" .) "default" .Values.serviceAccount.create) -}}
{{- end }}

{{- /* What every container of ours gives up. */}}
{{- define "saas-bot.confined" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "saas-bot.nonRoot" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}
