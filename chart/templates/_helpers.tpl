{{- define "saas-bot.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- define "saas-bot.selector" -}}
app.kubernetes.io/name: saas-bot
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "saas-bot.labels" -}}
{{ include "saas-bot.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "saas-bot.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "saas-bot.name" .) -}}
{{- end }}
