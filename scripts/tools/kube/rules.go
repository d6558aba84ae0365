package main

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

const (
	drain      = 25 // seconds that a service may take to stop, see common/utils/process
	drainLimit = 30 // seconds after which a gateway has to be gone, the time before it drains included
	margin     = 5  // seconds that Kubernetes waits longer than that
)

// goNames are of the environment and read by Go itself.
var goNames = []string{"GOMEMLIMIT", "GOGC", "GOMAXPROCS"}

// expanded is a name of the environment that another's value is made of.
var expanded = regexp.MustCompile(`\$\(([A-Z][A-Z0-9_]*)\)`)

// faults collects what is wrong.
type faults struct{ all []error }

func (f *faults) when(wrong bool, format string, args ...any) {
	if wrong {
		f.all = append(f.all, fmt.Errorf(format, args...))
	}
}

func (o *overlay) check(p *project) error {
	f := &faults{}
	for _, d := range o.deployments {
		s := p.services[d.Name]
		if s == nil {
			f.when(true, "%s: no service of this project", d.Name)
			continue
		}
		o.checkDeployment(f, d)
		o.checkReferences(f, p, d.Name, d.Spec.Template.Spec)
		o.checkNames(f, s, d)
	}
	for name := range p.services {
		f.when(o.deployment(name) == nil, "%s: no Deployment", name)
	}
	for _, job := range o.jobs {
		checkPod(f, job.Name, job.Spec.Template.Spec)
		o.checkReferences(f, p, job.Name, job.Spec.Template.Spec)
		for _, name := range namesOf(job.Spec.Template.Spec) {
			f.when(!strings.Contains(p.migrate, name) && !isGranted(p.migrate, name), "%s: %s sets nothing", job.Name, name)
		}
	}
	o.checkConfigs(f, p)
	o.checkTargets(f)
	o.checkNetwork(f, p)
	return errors.Join(f.all...)
}

func (o *overlay) deployment(name string) *appsv1.Deployment {
	i := slices.IndexFunc(o.deployments, func(d *appsv1.Deployment) bool { return d.Name == name })
	if i < 0 {
		return nil
	}
	return o.deployments[i]
}

func (o *overlay) checkDeployment(f *faults, d *appsv1.Deployment) {
	pod := d.Spec.Template.Spec
	checkPod(f, d.Name, pod)
	f.when(len(pod.TopologySpreadConstraints) == 0, "%s: is not spread", d.Name)
	budgets := 0
	for _, b := range o.budgets {
		if matches(b.Spec.Selector, d.Spec.Template.Labels) {
			budgets++
		}
	}
	f.when(budgets != 1, "%s: %d PodDisruptionBudgets", d.Name, budgets)
	for _, c := range pod.Containers {
		for kind, probe := range map[string]*corev1.Probe{"startup": c.StartupProbe, "readiness": c.ReadinessProbe, "liveness": c.LivenessProbe} {
			f.when(probe == nil || probe.HTTPGet == nil || !hasPort(c, probe.HTTPGet.Port.StrVal), "%s: no %s probe of a named port", d.Name, kind)
		}
		o.checkDrain(f, d.Name, pod, c)
		scrape := d.Spec.Template.Annotations["prometheus.io/port"]
		f.when(!slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool { return p.Name == "ops" && fmt.Sprint(p.ContainerPort) == scrape }),
			"%s: prometheus.io/port is not its port ops", d.Name)
	}
}

// checkDrain: who is behind a Service waits until that knows, and all have the time to drain.
func (o *overlay) checkDrain(f *faults, name string, pod corev1.PodSpec, c corev1.Container) {
	var before int64
	if c.Lifecycle != nil && c.Lifecycle.PreStop != nil && c.Lifecycle.PreStop.Sleep != nil {
		before = c.Lifecycle.PreStop.Sleep.Seconds
	}
	_, public := o.services[name]
	f.when(public && before == 0, "%s: no preStop, and a Service sends clients to it", name)
	f.when(before+drain > drainLimit, "%s: drains for longer than %d s", name, drainLimit)
	grace := pod.TerminationGracePeriodSeconds
	f.when(grace == nil || *grace < before+drain+margin, "%s: terminationGracePeriodSeconds is shorter than its drain", name)
}

// checkPod: no rights, nothing to write to, no root, an end to what it takes, and no names that Kubernetes makes up.
func checkPod(f *faults, name string, pod corev1.PodSpec) {
	security := pod.SecurityContext
	f.when(security == nil || security.RunAsNonRoot == nil || !*security.RunAsNonRoot, "%s: may run as root", name)
	f.when(security == nil || security.SeccompProfile == nil, "%s: no seccompProfile", name)
	f.when(pod.EnableServiceLinks == nil || *pod.EnableServiceLinks, "%s: enableServiceLinks is not false", name)
	f.when(pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken, "%s: has a token of the cluster", name)
	for _, c := range pod.Containers {
		s := c.SecurityContext
		f.when(s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem, "%s: may write to its root", name)
		f.when(s == nil || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation, "%s: may gain rights", name)
		f.when(s == nil || s.Capabilities == nil || !slices.Contains(s.Capabilities.Drop, "ALL"), "%s: has capabilities", name)
		f.when(c.Resources.Requests.Cpu().IsZero() || c.Resources.Requests.Memory().IsZero(), "%s: requests no CPU or memory", name)
		f.when(c.Resources.Limits.Memory().Cmp(*c.Resources.Requests.Memory()) < 0, "%s: no limit of memory over its request", name)
		_, tag, found := strings.Cut(c.Image[strings.LastIndex(c.Image, "/")+1:], ":")
		f.when(!found || tag == "latest", "%s: the image has no version", name)
	}
}

// checkReferences: every ConfigMap is there, and every secret on the operator's page.
func (o *overlay) checkReferences(f *faults, p *project, name string, pod corev1.PodSpec) {
	var configs, secrets []string
	for _, v := range pod.Volumes {
		if v.Secret != nil {
			secrets = append(secrets, v.Secret.SecretName)
		}
	}
	for _, c := range pod.Containers {
		for _, from := range c.EnvFrom {
			f.when(from.ConfigMapRef == nil, "%s: takes a whole secret into its environment", name)
			if from.ConfigMapRef != nil {
				configs = append(configs, from.ConfigMapRef.Name)
			}
		}
		for _, env := range c.Env {
			if env.ValueFrom != nil && env.ValueFrom.SecretKeyRef != nil {
				secrets = append(secrets, env.ValueFrom.SecretKeyRef.Name, env.ValueFrom.SecretKeyRef.Key)
			}
			if env.ValueFrom != nil && env.ValueFrom.ConfigMapKeyRef != nil {
				ref := env.ValueFrom.ConfigMapKeyRef
				configs = append(configs, ref.Name)
				f.when(o.configs[ref.Name] != nil && o.configs[ref.Name].Data[ref.Key] == "", "%s: no %s in %s", name, ref.Key, ref.Name)
			}
		}
	}
	for _, config := range configs {
		f.when(o.configs[config] == nil, "%s: no ConfigMap %s", name, config)
	}
	for _, secret := range secrets {
		f.when(!strings.Contains(p.page, "`"+secret+"`"), "%s: docs/kubernetes.md does not name the secret `%s`", name, secret)
	}
}

// checkNames: what a Deployment sets, its service knows, and what a value is made of is set before it.
func (o *overlay) checkNames(f *faults, s *service, d *appsv1.Deployment) {
	pod := d.Spec.Template.Spec
	for _, name := range namesOf(pod) {
		f.when(!s.names[name] && !slices.Contains(goNames, name), "%s: %s sets nothing", d.Name, name)
	}
	for _, c := range pod.Containers {
		set := map[string]bool{}
		for _, from := range c.EnvFrom {
			if from.ConfigMapRef != nil && o.configs[from.ConfigMapRef.Name] != nil {
				maps.Copy(set, keys(o.configs[from.ConfigMapRef.Name].Data))
			}
		}
		for _, env := range c.Env {
			for _, part := range expanded.FindAllStringSubmatch(env.Value, -1) {
				f.when(!set[part[1]], "%s: %s is made of %s, which is not set before it", d.Name, env.Name, part[1])
			}
			set[env.Name] = true
		}
	}
}

// namesOf are the names that containers set, without those that are only parts of other values.
func namesOf(pod corev1.PodSpec) (names []string) {
	for _, c := range pod.Containers {
		parts := partsIn(c.Env)
		for _, env := range c.Env {
			if !parts[env.Name] {
				names = append(names, env.Name)
			}
		}
	}
	return names
}

func partsIn(all []corev1.EnvVar) map[string]bool {
	parts := map[string]bool{}
	for _, env := range all {
		for _, part := range expanded.FindAllStringSubmatch(env.Value, -1) {
			parts[part[1]] = true
		}
	}
	return parts
}

// isGranted reports whether a name is that of the password of a database's user, which the job makes from the database's name.
func isGranted(source, name string) bool {
	schema, password := strings.CutSuffix(name, "_PASSWORD")
	return password && strings.HasPrefix(schema, "IM_") && strings.Contains(source, `+ "_PASSWORD"`)
}

// checkConfigs: what all services are given, one of them knows or a Deployment makes something of.
func (o *overlay) checkConfigs(f *faults, p *project) {
	used := map[string]bool{}
	for _, d := range o.deployments {
		for _, c := range d.Spec.Template.Spec.Containers {
			maps.Copy(used, partsIn(c.Env))
		}
	}
	for _, config := range o.configs {
		for name := range config.Data {
			f.when(!p.sets(name) && !used[name], "ConfigMap %s: %s sets nothing", config.Name, name)
		}
	}
}

// checkTargets: what names another object names one that is there.
func (o *overlay) checkTargets(f *faults) {
	for _, h := range o.scalers {
		d := o.deployment(h.Spec.ScaleTargetRef.Name)
		f.when(d == nil || h.Spec.ScaleTargetRef.Kind != "Deployment", "HorizontalPodAutoscaler %s: scales nothing", h.Name)
		f.when(d != nil && d.Spec.Replicas != nil, "%s: replicas are set, and scaled too", h.Name)
		f.when(h.Spec.MinReplicas == nil || *h.Spec.MinReplicas < 2 || h.Spec.MaxReplicas <= *h.Spec.MinReplicas, "%s: scales from fewer than 2", h.Name)
	}
	for _, s := range o.services {
		d := o.deployment(s.Name)
		f.when(d == nil || !labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(d.Spec.Template.Labels)), "Service %s: selects nothing", s.Name)
		for _, port := range s.Spec.Ports {
			f.when(d != nil && !hasPort(d.Spec.Template.Spec.Containers[0], port.TargetPort.StrVal), "Service %s: no port %s", s.Name, port.Name)
		}
	}
	for _, ingress := range o.ingresses {
		for _, rule := range ingress.Spec.Rules {
			for _, path := range rule.HTTP.Paths {
				s := o.services[path.Backend.Service.Name]
				f.when(s == nil || s.Spec.Ports[0].Name != path.Backend.Service.Port.Name, "Ingress %s: %s leads nowhere", ingress.Name, path.Path)
			}
		}
	}
}

func hasPort(c corev1.Container, name string) bool {
	return slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool { return name != "" && p.Name == name })
}

func matches(selector *metav1.LabelSelector, set map[string]string) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && s.Matches(labels.Set(set))
}

func keys(data map[string]string) map[string]bool {
	set := map[string]bool{}
	for name := range data {
		set[name] = true
	}
	return set
}
