{{/* Labels of everything; the argument is (dict "root" $ "part" "api"). */}}
{{- define "mediation.labels" -}}
app.kubernetes.io/name: direct-mediation
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* By which labels a part is found: those that never change. */}}
{{- define "mediation.selector" -}}
app.kubernetes.io/name: direct-mediation
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "mediation.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* A pod of ours: (dict "root" $ "part" "api" "seal" SECRET "owner" SECRET "resources" {...}), where
"owner" is for the job alone; what is its own comes after it. */}}
{{- define "mediation.pod" -}}
# No process of ours asks Kubernetes anything.
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: { type: RuntimeDefault }
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector:
{{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations:
{{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: tmp
    emptyDir: { sizeLimit: 64Mi }
  - name: secrets
    projected:
      defaultMode: 0440
      sources:
        - secret:
            name: {{ .root.Values.secrets.existingSecret }}
            items:
              - { key: database_url, path: database_url }
              - { key: payload_keys, path: payload_keys }
              - { key: vault_keys, path: vault_keys }
              - { key: smtp_password, path: smtp_password }
              - { key: notify_key, path: notify_key }
        - secret:
            name: {{ .seal }}
            items:
              - { key: seal_key, path: seal_key }
{{- with .owner }}
        - secret:
            name: {{ . }}
            items:
              - { key: owner_url, path: owner_url }
{{- end }}
  - name: directory
    configMap:
      name: {{ .root.Values.directory.existingConfigMap }}
      items:
        - { key: directory.toml, path: directory.toml }
{{- with .root.Values.policies.existingConfigMap }}
  - name: policies
    configMap:
      name: {{ . }}
{{- end }}
{{- end }}

{{/* A container of ours, the same argument. */}}
{{- define "mediation.container" -}}
name: {{ .part }}
image: {{ include "mediation.image" .root }}
args: [{{ .part }}]
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities: { drop: [ALL] }
  seccompProfile: { type: RuntimeDefault }
resources:
{{- toYaml .resources | nindent 2 }}
volumeMounts:
  - { name: tmp, mountPath: /tmp }
  - { name: secrets, mountPath: /run/secrets/mediation, readOnly: true }
  - { name: directory, mountPath: /etc/mediation, readOnly: true }
{{- if .root.Values.policies.existingConfigMap }}
  - { name: policies, mountPath: /etc/mediation-policies, readOnly: true }
{{- end }}
env:
  - { name: MEDIATION_DATABASE_URL_FILE, value: /run/secrets/mediation/database_url }
{{- if .owner }}
  - { name: MEDIATION_OWNER_URL_FILE, value: /run/secrets/mediation/owner_url }
{{- end }}
  - { name: MEDIATION_PAYLOAD_KEYS_FILE, value: /run/secrets/mediation/payload_keys }
  - { name: MEDIATION_VAULT_KEYS_FILE, value: /run/secrets/mediation/vault_keys }
  - { name: MEDIATION_SEAL_KEY_FILE, value: /run/secrets/mediation/seal_key }
  - { name: MEDIATION_SMTP_PASSWORD_FILE, value: /run/secrets/mediation/smtp_password }
  - { name: MEDIATION_NOTIFY_KEY_FILE, value: /run/secrets/mediation/notify_key }
  - { name: MEDIATION_DIRECTORY, value: /etc/mediation/directory.toml }
{{- if .root.Values.policies.existingConfigMap }}
  - { name: MEDIATION_POLICIES, value: /etc/mediation-policies }
{{- end }}
  - { name: MEDIATION_API_HOST, value: "0.0.0.0" }
  - { name: MEDIATION_API_PORT, value: "8000" }
  - { name: MEDIATION_METRICS_ADDRESS, value: "0.0.0.0:9464" }
  - { name: MEDIATION_API_METRICS_ADDRESS, value: "0.0.0.0:9464" }
{{- range $name, $value := .root.Values.settings }}
  - { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}

{{/* Two copies on two machines, where there are two. */}}
{{- define "mediation.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
{{- include "mediation.selector" . | nindent 8 }}
{{- end }}
