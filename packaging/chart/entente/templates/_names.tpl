{{- define "entente.name" -}}
{{- printf "%s-entente" .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "entente.selector" -}}
app.kubernetes.io/name: entente
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "entente.labels" -}}
{{ include "entente.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "entente.environment" -}}
- name: ENTENTE_DATA
  value: /var/lib/entente/data/node
- name: ENTENTE_HEADS
  value: /var/lib/entente/heads/node
- name: ENTENTE_SETTINGS
  value: /etc/entente/serve.toml
- name: ENTENTE_LISTEN
  value: 0.0.0.0:8420
- name: CREDENTIALS_DIRECTORY
  value: /run/credentials
- name: HOME
  value: /var/lib/entente/data
{{- end -}}

{{- define "entente.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "entente.mounts" -}}
- name: data
  mountPath: /var/lib/entente/data
- name: heads
  mountPath: /var/lib/entente/heads
- name: settings
  mountPath: /etc/entente
  readOnly: true
- name: credentials
  mountPath: /run/credentials
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- end -}}
