// Command cluster is a whole Kubernetes control plane in one binary: the first
// argument picks the role, the rest are the flags of that upstream component.
//
// Every role ends when its standard input closes (unless CLUSTER_KEEP=1), so a
// launcher that is killed leaves no orphan behind.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	kcm "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

const roles = "etcd, apiserver, controller-manager, scheduler, kubectl, pki"

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "cluster: name a role: "+roles)
		os.Exit(2)
	}
	role := os.Args[1]
	os.Args = append([]string{role}, os.Args[2:]...)
	switch role {
	case "pki":
		if err := writePKI(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "cluster pki: "+err.Error())
			os.Exit(1)
		}
		return
	case "kubectl":
		os.Exit(cli.Run(kubectl.NewDefaultKubectlCommand()))
	}
	endWithStdin()
	if role == "etcd" {
		etcdmain.Main(os.Args)
		return
	}
	os.Exit(cli.Run(command(role)))
}

// command constructs only the component asked for: each registers feature gates and flags globally.
func command(role string) *cobra.Command {
	switch role {
	case "apiserver":
		return apiserver.NewAPIServerCommand()
	case "controller-manager":
		return kcm.NewControllerManagerCommand()
	case "scheduler":
		return scheduler.NewSchedulerCommand()
	}
	fmt.Fprintf(os.Stderr, "cluster: unknown role %q; the roles are %s\n", role, roles)
	os.Exit(2)
	return nil
}

// endWithStdin ends this process the moment its standard input closes. The launcher holds the
// other end of the pipe; when it dies, by whatever signal, the kernel closes it.
func endWithStdin() {
	if os.Getenv("CLUSTER_KEEP") == "1" {
		return
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
}
