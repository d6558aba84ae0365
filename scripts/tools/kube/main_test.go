package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	root      = "../../.."
	manifests = root + "/deploy/kubernetes"
)

// broken is a copy of the manifests in which one file differs.
func broken(t *testing.T, file, old, changed string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(manifests)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, file)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s has no %q", file, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, changed, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "overlays", "production")
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	const common, chat = "base/every-service.yaml", "base/chat-service.yaml"
	for _, c := range []struct{ file, old, changed, want string }{
		{common, "revisionHistoryLimit", "revisionHistory", `unknown field "spec.revisionHistory"`},
		{common, "revisionHistoryLimit: 5", "revisionHistoryLimit: five", "revisionHistoryLimit"},
		{common, "path: /readyz, port: ops", "path: /readyz, port: nothing", "no readiness probe"},
		{common, "livenessProbe", "readinessProbe", "no liveness probe"},
		{common, "runAsNonRoot: true", "runAsNonRoot: false", "may run as root"},
		{common, "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "may write to its root"},
		{common, "drop: [ALL]", "drop: [KILL]", "has capabilities"},
		{common, "enableServiceLinks: false", "enableServiceLinks: true", "enableServiceLinks"},
		{common, "PeriodSeconds: 40", "PeriodSeconds: 30", "shorter than its drain"},
		{common, "name: im-config", "name: other", "no ConfigMap other"},
		{"base/every-gateway.yaml", "seconds: 4", "seconds: 6", "drains for longer"},
		{"base/kustomization.yaml", "(ws|api)-gateway", "ws-gateway", "api-gateway: no preStop"},
		{"base/kustomization.yaml", "  - user-service.yaml\n", "", "user-service: no Deployment"},
		{chat, "kind: PodDisruptionBudget", "kind: Secret", "Secret chat-service"},
		{chat, "maxUnavailable: 1 #", "maxUnavailabel: 1 #", "maxUnavailabel"},
		{chat, "requests: {cpu: \"1\", memory: 512Mi}", "requests: {memory: 512Mi}", "requests no CPU"},
		{chat, "limits: {memory: 1Gi}", "limits: {}", "no limit of memory"},
		{chat, "CHAT_OPS", "CHAT_OPTS", "CHAT_OPTS sets nothing"},
		{chat, "CHAT_OPS", "FRIEND_OPS", "FRIEND_OPS sets nothing"},
		{chat, "tcp($(MYSQL_ADDR))", "tcp($(MYSQL_ADDRESS))", "made of MYSQL_ADDRESS"},
		{chat, "name: im-redis", "name: im-rediss", "does not name the secret `im-rediss`"},
		{chat, `prometheus.io/port: "9105"`, `prometheus.io/port: "9104"`, "prometheus.io/port"},
		{"base/config.env", "LOG_ENCODING", "LOG_ENCODE", "LOG_ENCODE sets nothing"},
		{"base/migrate.yaml", "IM_MYSQL,", "IM_SQL,", "IM_SQL sets nothing"},
		{"base/api-gateway.yaml", "targetPort: http", "targetPort: web", "Service api-gateway: no port"},
		{"base/network.yaml", "  policyTypes: [Ingress, Egress]", "  policyTypes: [Ingress]", "denies what is not allowed"},
		{"base/network.yaml", "values: [chat-service]", "values: [auth-service]", "chat-service to port 9092"},
		{"base/network.yaml", "values: [ws-gateway, api-gateway]", "values: [api-gateway]", "ws-gateway to auth-service: is let in"},
		{"base/network.yaml", "values: [ws-gateway]", "values: [chat-service]", "auth-service to ws-gateway: may leave"},
		{"overlays/production/autoscale.yaml", "kind: Deployment, name: chat-service", "kind: Deployment, name: chat", "scales nothing"},
		{"overlays/production/ingress.yaml", "port: {name: ws}", "port: {name: http}", "/ws leads nowhere"},
		{"overlays/production/kustomization.yaml", "newTag: 1.0.0", "newTag: latest", "has no version"},
	} {
		t.Run(c.want, func(t *testing.T) {
			t.Parallel()
			err := checkAll(root, []string{broken(t, c.file, c.old, c.changed)})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%s, %q for %q: %v", c.file, c.changed, c.old, err)
			}
		})
	}
}
