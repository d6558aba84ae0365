package main

import (
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// overlay is what kubectl would apply.
type overlay struct {
	count       int
	deployments []*appsv1.Deployment
	jobs        []*batchv1.Job
	services    map[string]*corev1.Service
	configs     map[string]*corev1.ConfigMap
	budgets     []*policyv1.PodDisruptionBudget
	scalers     []*autoscalingv2.HorizontalPodAutoscaler
	policies    []*networkingv1.NetworkPolicy
	ingresses   []*networkingv1.Ingress
}

func build(dir string) (*overlay, error) {
	objects, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		return nil, err
	}
	o := &overlay{services: map[string]*corev1.Service{}, configs: map[string]*corev1.ConfigMap{}}
	decoder := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	var faults []error
	for _, resource := range objects.Resources() {
		text, err := resource.AsYAML()
		if err != nil {
			return nil, err
		}
		object, _, err := decoder.Decode(text, nil, nil)
		if err == nil {
			err = o.add(object)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s %s: %w", resource.GetKind(), resource.GetName(), err))
		}
	}
	return o, errors.Join(faults...)
}

// add refuses kinds that no rule looks at: whoever brings one brings its rule.
func (o *overlay) add(object runtime.Object) error {
	o.count++
	switch object := object.(type) {
	case *appsv1.Deployment:
		o.deployments = append(o.deployments, object)
	case *batchv1.Job:
		o.jobs = append(o.jobs, object)
	case *corev1.Service:
		o.services[object.Name] = object
	case *corev1.ConfigMap:
		o.configs[object.Name] = object
	case *policyv1.PodDisruptionBudget:
		o.budgets = append(o.budgets, object)
	case *autoscalingv2.HorizontalPodAutoscaler:
		o.scalers = append(o.scalers, object)
	case *networkingv1.NetworkPolicy:
		o.policies = append(o.policies, object)
	case *networkingv1.Ingress:
		o.ingresses = append(o.ingresses, object)
	case *corev1.Namespace:
	case *corev1.Secret:
		return errors.New("a secret has no place in the repository")
	default:
		return errors.New("no rule for this kind")
	}
	return nil
}
