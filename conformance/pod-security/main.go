// pod-security < TEMPLATES.json: what Kubernetes' own PodSecurity admission, at its level "restricted", has against pod templates.
//
// It reads a list of pod templates, and writes a list as long: for each what is forbidden, empty where nothing is.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

func main() {
	var templates []corev1.PodTemplateSpec
	decoder := json.NewDecoder(os.Stdin)
	// A field that is unknown here would be judged as if it were not there.
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&templates); err != nil {
		stop(err)
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		stop(err)
	}
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	forbidden := make([][]string, len(templates))
	for index, template := range templates {
		forbidden[index] = []string{}
		for _, result := range evaluator.EvaluatePod(level, &template.ObjectMeta, &template.Spec) {
			if !result.Allowed {
				forbidden[index] = append(forbidden[index], fmt.Sprintf("%s (%s)", result.ForbiddenReason, result.ForbiddenDetail))
			}
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(forbidden); err != nil {
		stop(err)
	}
}

func stop(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(2)
}
