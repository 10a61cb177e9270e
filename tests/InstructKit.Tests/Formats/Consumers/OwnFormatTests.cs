using InstructKit.Formats;
using InstructKit.Tests.Cli;
using Xunit;

namespace InstructKit.Tests.Formats.Consumers;

/// <summary>A build's output passes the rules of the format's consumers: every format with every option that changes rows.</summary>
public sealed class OwnFormatTests : IDisposable
{
    // Formats whose rows are all of one kind without a reader of their own, and the others with their readers.
    private static readonly Dictionary<string, string[]> Readers = new(StringComparer.Ordinal)
    {
        ["pair"] = ["hf-datasets"],
        ["flan"] = ["flan", "hf-datasets"],
        ["prompt-completion"] = ["trl-sft", "hf-datasets"],
        ["messages"] = ["trl-sft", "axolotl-chat", "hf-datasets"],
        ["text"] = ["trl-sft", "axolotl-completion", "hf-datasets"],
        ["alpaca"] = ["axolotl-alpaca", "llama-factory-alpaca"],
        ["sharegpt"] = ["llama-factory-sharegpt", "trl-sft"],
        ["openai"] = ["openai-chat"],
        ["axolotl"] = ["axolotl-chat"],
        ["llama-factory"] = ["llama-factory-sharegpt"],
        ["nemo"] = ["nemo"],
        ["t5-tsv"] = ["t5-tsv"],
        ["verl"] = ["verl"],
        ["rlvr"] = ["rlvr"],
        ["nemo-gym"] = ["nemo-gym"],
    };

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("--system Brief.")]
    [InlineData("--few-shot 2")]
    [InlineData("--system Brief. --few-shot 1 --container json")]
    [InlineData("--container parquet")]
    [InlineData("--with source=label")]
    [InlineData("--baseline --options without")]
    public void Samples_pass(string options) => Check("--tasks rte,sst2,cb --hold-out rte " + options);

    [Theory]
    [InlineData("")]
    [InlineData("--system Brief.")]
    [InlineData("--reasoning-history unroll")]
    [InlineData("--train-turns last")]
    [InlineData("--container parquet")]
    public void Conversations_with_tools_pass(string options)
    {
        _scratch.Write("chat.yaml", """
            task: chat
            title: Chats
            columns: { messages: any, tools: "any?" }
            layouts:
              - { name: lines, format: jsonl, files: { train: rows.jsonl } }
            splits: { train: train }
            conversation: { messages: messages, tools: tools, has: [tool_calls, names, reasoning] }

            """.ReplaceLineEndings("\n"));
        const string Tool = """[{"type":"function","function":{"name":"add","description":"Adds.","parameters":{"type":"object","properties":{"a":{"type":"integer"}}}}}]""";
        _scratch.Write("data/rows.jsonl", string.Concat(Enumerable.Range(0, 12).Select(i => i % 2 == 0
            ? $$$"""{"messages":[{"role":"user","content":"Add {{{i}}}"},{"role":"assistant","content":null,"reasoning_content":"a sum","tool_calls":[{"id":"c{{{i}}}","type":"function","function":{"name":"add","arguments":"{\"a\": {{{i}}}}"}}]},{"role":"tool","tool_call_id":"c{{{i}}}","name":"add","content":"{{{i}}}"},{"role":"assistant","content":"It is {{{i}}}."},{"role":"user","content":"Thanks"},{"role":"assistant","content":"Welcome {{{i}}}."}],"tools":{{{Tool}}}}""" + "\n"
            : $$"""{"messages":[{"role":"user","content":"Hello {{i}}"},{"role":"assistant","content":"Hi {{i}}"}]}""" + "\n")));
        Check($"--tasks {_scratch.At("chat.yaml")} --data {_scratch.At("data")} {options}");
    }

    private void Check(string options)
    {
        Assert.Equal(ExampleFormats.All.Select(format => format.Name).Where(name => name != "tfrecord").Order(StringComparer.Ordinal), Readers.Keys.Order(StringComparer.Ordinal));
        string[] given = [.. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        CliRun.Ok(["build", "--out", _scratch.At("out"), .. Readers.Keys.Where(name => name != "pair").SelectMany(name => (string[])["--also", name]), .. given]);
        List<string> refused = [];
        foreach (var (format, targets) in Readers)
        {
            foreach (var target in targets)
            {
                var run = CliRun.Of("validate", format == "pair" ? _scratch.At("out", "data") : _scratch.At("out", "also", format), "--target", target);

                // Slices of samples have fewer rows than OpenAI accepts.
                var errors = run.Error.Split('\n').Where(line => line.Contains(": error IK", StringComparison.Ordinal) && !line.Contains("IK2615", StringComparison.Ordinal)).Take(2).ToList();
                if (errors.Count > 0 || !run.Error.Contains(" in ", StringComparison.Ordinal)) refused.Add($"{format} for {target}: {string.Join('\n', errors)}");
            }
        }

        Assert.True(refused.Count == 0, string.Join('\n', refused));
    }
}
