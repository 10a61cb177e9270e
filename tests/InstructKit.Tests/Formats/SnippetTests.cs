using System.Text.Json.Nodes;
using InstructKit.Formats.Snippets;
using InstructKit.Tests.Cli;
using InstructKit.Yaml;
using Xunit;

namespace InstructKit.Tests.Formats;

/// <summary>Snippets name files of the folder that exist, have the fields that the consumer reads, and never evaluate on held-out data.</summary>
public sealed class SnippetTests : IDisposable
{
    private static readonly string[] Arguments =
        ["build", "--tasks", "rte,sst2", "--hold-out", "rte", "--snippet", "trl,axolotl,llama-factory,torchtune,openai,verl", "--also", "openai,verl", "--max-per-task", "8"];

    private readonly ScratchFolder _scratch = new();

    public static TheoryData<string, string> Shapes => new()
    {
        { "messages", "jsonl" }, { "messages", "parquet" }, { "prompt-completion", "jsonl" }, { "text", "json" }, { "alpaca", "jsonl" }, { "sharegpt", "jsonl" }, { "llama-factory", "parquet" },
    };

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Snippets_load_the_files_of_the_folder_and_nothing_that_is_held_out(string format, string container)
    {
        CliRun.Ok([.. Arguments, "--format", format, "--container", container, "--shard-size", "900", "--out", _scratch.At("out")]);
        var snippets = Directory.GetFiles(_scratch.At("out", "snippets"));
        Assert.Equal(7, snippets.Length);
        var split = "-00000-of-";
        foreach (var path in snippets)
        {
            var text = File.ReadAllText(path);
            Assert.DoesNotContain("held_out", text, StringComparison.Ordinal);
            var files = text.Split(['"', ' ', ',', '[', ']', '\n']).Where(word => word.Contains("-of-", StringComparison.Ordinal)).ToList();
            Assert.All(files, file => Assert.True(File.Exists(_scratch.At("out", file)), file));
            if (files.Count == 0) continue;

            Assert.Contains(files, file => file.Contains($"train{split}", StringComparison.Ordinal));
            Assert.Contains(files, file => file.Contains($"validation{split}", StringComparison.Ordinal));
            // Every shard of a named split is listed once.
            var folder = Path.GetDirectoryName(files[0])!;
            Assert.Equal(Directory.GetFiles(_scratch.At("out", folder), "train-*").Length, files.Count(file => file.Contains("train-", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Yaml_has_the_fields_that_the_trainers_read()
    {
        CliRun.Ok([.. Arguments, "--format", "sharegpt", "--out", _scratch.At("out")]);
        var axolotl = Yaml("axolotl.yaml");
        foreach (var key in (string[])["datasets", "test_datasets"])
        {
            var dataset = (YamlMap)((YamlList)Member(axolotl, key)).Items[0];
            // Of the formats at hand `openai` has messages, which need no mapping.
            Assert.Equal("chat_template", Text(dataset, "type"));
            Assert.Equal("messages", Text(dataset, "field_messages"));
            Assert.Equal("json", Text(dataset, "ds_type"));
        }

        Assert.Equal("train", Text((YamlMap)((YamlList)Member(axolotl, "test_datasets")).Items[0], "split"));
        Assert.DoesNotContain(axolotl.Entries, entry => entry.Key.Text == "val_set_size");
        var factory = Yaml("llama-factory.yaml");
        var info = JsonNode.Parse(File.ReadAllBytes(_scratch.At("out", "dataset_info.json")))!.AsObject();
        Assert.NotNull(info[Text(factory, "dataset")]);
        Assert.NotNull(info[Text(factory, "eval_dataset")]);
        Assert.All(info, entry => Assert.True(File.Exists(_scratch.At("out", entry.Value!["file_name"]!.GetValue<string>()))));
        var tune = Yaml("torchtune.yaml");
        Assert.Equal("torchtune.datasets.chat_dataset", Text((YamlMap)Member(tune, "dataset"), "_component_"));
        Assert.Equal("train", Text((YamlMap)Member(tune, "dataset_val"), "split"));
    }

    [Fact]
    public void Without_a_validation_split_nothing_is_evaluated_on()
    {
        CliRun.Ok([.. Arguments, "--format", "messages", "--max-validation", "0", "--out", _scratch.At("out")]);
        Assert.DoesNotContain("eval", File.ReadAllText(_scratch.At("out", "snippets", "trl_sft.py")), StringComparison.Ordinal);
        Assert.DoesNotContain("test_datasets", File.ReadAllText(_scratch.At("out", "snippets", "axolotl.yaml")), StringComparison.Ordinal);
        Assert.DoesNotContain("eval_dataset", File.ReadAllText(_scratch.At("out", "snippets", "llama-factory.yaml")), StringComparison.Ordinal);
        Assert.DoesNotContain("dataset_val", File.ReadAllText(_scratch.At("out", "snippets", "torchtune.yaml")), StringComparison.Ordinal);
        Assert.DoesNotContain("validation_file", File.ReadAllText(_scratch.At("out", "snippets", "openai_job.py")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dataset_info_of_ones_own_keeps_its_entries_and_takes_ours_again_and_again()
    {
        _scratch.Write("factory/dataset_info.json", """{"mine": {"file_name": "a.json", "num": 1.50}}""");
        string[] build = ["build", "--tasks", "rte,sst2", "--hold-out", "rte", "--format", "llama-factory", "--out", _scratch.At("flan"), "--force", "--register", _scratch.At("factory", "dataset_info.json")];
        CliRun.Ok(build);
        var first = File.ReadAllText(_scratch.At("factory", "dataset_info.json"));
        CliRun.Ok(build);
        Assert.Equal(first, File.ReadAllText(_scratch.At("factory", "dataset_info.json")));
        var info = JsonNode.Parse(first)!.AsObject();
        Assert.Equal(["mine", "flan_train", "flan_validation", "flan_held_out", "flan_held_out_validation"], info.Select(entry => entry.Key));
        Assert.Contains("1.50", first, StringComparison.Ordinal);
        Assert.True(File.Exists(_scratch.At("factory", info["flan_train"]!["file_name"]!.GetValue<string>())));
        // The file of the build is whole and ours, whatever is registered elsewhere.
        Assert.True(File.Exists(_scratch.At("flan", "dataset_info.json")));
    }

    [Theory]
    [InlineData("[1]", "it is not a JSON object")]
    [InlineData("{", "Nothing can be registered")]
    [InlineData("""{"flan_train": {"file_name": "else.json"}}""", "of other data")]
    public void What_nothing_can_be_registered_in_is_left_as_it_is(string content, string message)
    {
        _scratch.Write("info.json", content);
        var run = CliRun.Of("build", "--tasks", "rte,sst2", "--hold-out", "rte", "--format", "llama-factory", "--out", _scratch.At("flan"), "--register", _scratch.At("info.json"));
        Assert.NotEqual(0, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(_scratch.At("info.json")));
    }

    [Fact]
    public void A_snippet_that_cannot_load_the_format_says_what_would_do()
    {
        var run = CliRun.Of("build", "--tasks", "rte,sst2", "--hold-out", "rte", "--format", "t5-tsv", "--snippet", "openai", "--out", _scratch.At("out"));
        Assert.Equal(2, run.Code);
        Assert.Contains("add --also openai", run.Error, StringComparison.Ordinal);
        Assert.Equal(6, TrainerSnippets.All.Count);
    }

    private YamlMap Yaml(string name) => YamlFile.Parse(SourceText.FromText(name, File.ReadAllText(_scratch.At("out", "snippets", name))));

    private static YamlNode Member(YamlMap map, string key) => map.Entries.Single(entry => entry.Key.Text == key).Value;

    private static string Text(YamlMap map, string key) => ((YamlScalar)Member(map, key)).Text;
}
