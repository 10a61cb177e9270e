using System.Collections.Concurrent;
using System.Text.Json;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>The output of <c>--json</c>: one document on standard output with fixed members, for programs.</summary>
public sealed class JsonAnswerTests
{
    private const string Task = "task,cluster,title,licence,cite,variant,variants,columns,templates,layouts,found,metrics";
    private const string Row = "row,file,line,unused,values,options,answers,examples";

    // Each command line runs once.
    private static readonly ConcurrentDictionary<string, byte[]> Answers = new(StringComparer.Ordinal);

    [Theory]
    [InlineData("tasks --json", "", "scheme,tasks")]
    [InlineData("tasks --json", "tasks.0", Task)]
    [InlineData("tasks list rte --json", "tasks.0", Task)]
    [InlineData("tasks show rte --json", "", Task + ",file_text,layout_text,slice_text,keep_if_text,options_text,answer_text,template_text,example")]
    [InlineData("tasks show rte --json", "example", Row)]
    [InlineData("clusters --json", "", "schemes")]
    [InlineData("clusters --json", "schemes.0", "scheme,title,cite,clusters")]
    [InlineData("clusters --json", "schemes.1.clusters.0", "cluster,title,aliases,datasets,leaves_with")]
    [InlineData("clusters --json", "schemes.1.clusters.0.datasets.0", "name,tasks")]
    [InlineData("clusters --splits --json", "", "schemes,splits")]
    [InlineData("clusters --splits --json", "splits.0", "name,family,train,test,templates,overlaps")]
    [InlineData("preview rte --rows 2 --json", "", "task,layout,slice,source,rows,skipped")]
    [InlineData("preview rte --rows 2 --json", "rows.1", Row)]
    [InlineData("preview rte --rows 2 --json", "rows.1.examples.0", "template,kind,input,target,error")]
    [InlineData("plan --hold-out sentiment --json", "", "scheme,split,hold_out,also_excluded,order,exact,training_order,mixture,total_rate,total,tasks,excluded,missing,not_in_catalogue")]
    [InlineData("plan --hold-out sentiment --json", "tasks.0", "task,cluster,role,layout,folder,order,slices,templates,estimated,rate,probability,per_epoch,total,share")]
    [InlineData("plan --hold-out sentiment --json", "tasks.0.slices.0", "slice,source,output,rows,overlapping,selected_at_most")]
    [InlineData("plan --hold-out sentiment --json", "excluded.0", "task,reason")]
    [InlineData("lint rte --json", "", "findings,errors,warnings,infos")]
    [InlineData("lint --rules --json", "0", "code,name,severity,what,why")]
    [InlineData("lint rte --sarif", "", "$schema,version,runs")]
    public void The_members_are_these(string line, string path, string members)
    {
        using var json = JsonDocument.Parse(Answers.GetOrAdd(line, one => CliRun.Ok(one.Split(' ')).Bytes));
        var element = json.RootElement;
        foreach (var step in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
            element = int.TryParse(step, out var index) ? element[index] : element.GetProperty(step);

        Assert.Equal(members.Split(','), element.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public void Build_answers_with_what_the_manifest_says()
    {
        using var scratch = new ScratchFolder();
        Samples.Copy("rte", scratch.At("data", "rte"));
        var run = CliRun.Ok("build", "--data", scratch.At("data"), "--tasks", "rte", "--hold-out", "rte", "--allow-empty", "--out", scratch.At("out"), "--json");
        using var answer = JsonDocument.Parse(run.Bytes);
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(scratch.At("out", ".instructkit", "manifest.json")));
        Assert.Equal(["out", "outputs", "tasks", "leaks", "also_excluded", "missing", "rejects", "rejected"], answer.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(Sums(manifest.RootElement), Sums(answer.RootElement));
        Assert.Contains("Wrote ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tasks --scheme kode --json")]
    [InlineData("plan --hold-out sentmint --json")]
    [InlineData("preview rtee --json")]
    public void A_refusal_leaves_standard_output_empty(string line)
    {
        var run = CliRun.Of(line.Split(' '));
        Assert.Equal((2, ""), (run.Code, run.Output));
    }

    private static List<string> Sums(JsonElement root) => [.. root.GetProperty("outputs").EnumerateArray().Select(file => $"{file.GetProperty("sha256")} {file.GetProperty("rows")} {file.GetProperty("path")}")];
}
