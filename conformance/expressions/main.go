// expressions < CASES.json: evaluates what the library prints with Argo's own template replacement, and compares.
//
// A case's text is put into a JSON document as Argo puts its templates, its tags are replaced, and what stands in the
// document then must be what the case wants. A second replacement, in which every variable a text could name has a
// value, must change nothing: else a value was expanded.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/argoproj/argo-workflows/v3/util/template"
	log "github.com/sirupsen/logrus"
)

type testCase struct {
	Name string `json:"name"`
	// Text as it stands in a manifest: plain text and tags.
	Text string `json:"text"`
	// Environment holds the variables, by the names that Argo gives them.
	Environment map[string]string `json:"environment"`
	Want        string            `json:"want"`
	// Fails is true where the evaluation must be refused.
	Fails bool `json:"fails"`
	// Pod holds the variables that Kubernetes puts into the text when Argo is done; absent where it is no pod's text.
	Pod map[string]string `json:"pod"`
}

// shown is how many differences are printed: one mistake usually makes many.
const shown = 20

// expanded stands for the value of a variable that a later pass of Argo knows.
const expanded = "EXPANDED"

var laterPass = map[string]any{"workflow.uid": expanded, "workflow.name": expanded, "pod.name": expanded, "retries": expanded}

func main() {
	log.SetOutput(io.Discard)
	var cases []testCase
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	bad := 0
	for _, c := range cases {
		if complaint := check(c); complaint != "" {
			bad++
			if bad <= shown {
				fmt.Printf("%s: %s\n  text: %s\n  environment: %q\n", c.Name, complaint, c.Text, c.Environment)
			}
		}
	}
	fmt.Printf("%d expressions evaluated, %d differ\n", len(cases), bad)
	if bad > 0 {
		os.Exit(1)
	}
}

// check says how a case differs from what it wants; nothing where it does not.
func check(c testCase) (complaint string) {
	got, err := evaluate(c.Text, c.Environment)
	switch {
	case c.Fails && err == nil:
		return fmt.Sprintf("gives %q, but must be refused", got)
	case c.Fails:
		return ""
	case err != nil:
		return strings.SplitN(err.Error(), "\n", 2)[0]
	case c.Pod == nil && got != c.Want:
		return fmt.Sprintf("gives %q, want %q", got, c.Want)
	case c.Pod != nil && expandVariables(got, c.Pod) != c.Want:
		return fmt.Sprintf("gives %q, which becomes %q, want %q", got, expandVariables(got, c.Pod), c.Want)
	}
	again, err := replace(got, laterPass, true)
	if err != nil {
		return fmt.Sprintf("cannot stand in a template: %v", err)
	}
	if again != got {
		return fmt.Sprintf("is expanded to %q", again)
	}
	if c.Pod != nil {
		return ""
	}
	// As an argument, the text reaches the next template through a plain tag.
	passed, err := replace("{{inputs.parameters.passed}}", map[string]any{"inputs.parameters.passed": got}, false)
	if err != nil {
		return fmt.Sprintf("cannot be passed on: %v", err)
	}
	if passed != got {
		return fmt.Sprintf("is passed on as %q", passed)
	}
	return ""
}

func evaluate(text string, environment map[string]string) (result string, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("panics: %v", panicked)
		}
	}()
	return replace(text, template.ToAnyMap(environment), false)
}

// replace is one pass of Argo over a template that holds the text.
func replace(text string, environment map[string]any, allowUnresolved bool) (string, error) {
	document, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return "", err
	}
	replaced, err := template.Replace(string(document), environment, allowUnresolved)
	if err != nil {
		return "", err
	}
	var result map[string]string
	if err := json.Unmarshal([]byte(replaced), &result); err != nil {
		return "", err
	}
	return result["text"], nil
}

// variable is what Kubernetes looks for in commands, arguments and variables.
var variable = regexp.MustCompile(`\$\$|\$\(([^)]*)\)`)

// expandVariables is what Kubernetes does with a container's texts: `$(NAME)` becomes the variable's value, where there
// is one, and `$$` becomes `$`. See https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
func expandVariables(text string, variables map[string]string) string {
	return variable.ReplaceAllStringFunc(text, func(found string) string {
		if found == "$$" {
			return "$"
		}
		if value, known := variables[found[2:len(found)-1]]; known {
			return value
		}
		return found
	})
}
