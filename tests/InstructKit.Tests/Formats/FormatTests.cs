using System.Text.Json;
using System.Text.Json.Nodes;
using InstructKit.Formats;
using InstructKit.Tests.Cli;
using InstructKit.Tests.Parquet;
using Xunit;

namespace InstructKit.Tests.Formats;

/// <summary>Every format compared with what Golden/formats/expected.py computes from rows and templates without the tool.</summary>
public sealed class FormatTests : IDisposable
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Golden", "formats");

    private readonly ScratchFolder _scratch = new();

    public static TheoryData<string> Names => [.. ExampleFormats.All.Select(format => format.Name)];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_format_is_what_was_worked_out_by_hand(string name)
    {
        Build("out", name);
        var stem = name == "nemo" ? "training" : "train-00000-of-00001";
        var held = name == "nemo" ? "held_out" : "held_out-00000-of-00001";
        var extension = Path.GetExtension(Directory.GetFiles(_scratch.At("out", "data"))[0]);
        Assert.Equal([held + extension, stem + extension], Directory.GetFiles(_scratch.At("out", "data")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal(Shown(name, Expected(name, "train")), Lines(_scratch.At("out", "data", stem + extension)));
        Assert.Equal(Shown(name, Expected(name, "held_out")), Lines(_scratch.At("out", "data", held + extension)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_card_declares_the_columns_that_the_rows_have(string name)
    {
        Build("out", name);
        var card = File.ReadAllText(_scratch.At("out", "README.md"));
        if (name is "tfrecord")
        {
            Assert.DoesNotContain("configs:", card, StringComparison.Ordinal);
            return;
        }

        var features = card.Split("  features:\n")[1].Split("  splits:")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split("{name: ")[1].Split(',')[0]);
        var row = name == "t5-tsv" ? ["inputs", "targets"] : JsonNode.Parse(Expected(name, "train")[0])!.AsObject().Select(member => member.Key).ToList();
        Assert.Equal(row, features);
    }

    [Theory]
    [InlineData("messages", "messages", 9)]
    [InlineData("verl", "extra_info", 6)]
    public void Parquet_holds_the_same_values(string name, string nested, int count)
    {
        Build("out", name, "--container", "parquet");
        var rows = RowsAsJson.Read(_scratch.At("out", "data", "train-00000-of-00001.parquet")).Select(row => JsonNode.Parse(row)!).ToList();
        Assert.Equal(count, rows.Count);
        foreach (var (row, expected) in rows.Zip(Expected(name, "train").Select(line => JsonNode.Parse(line)!)))
        {
            Assert.True(JsonNode.DeepEquals(expected[nested], row[nested]), row.ToJsonString());
            Assert.True(JsonNode.DeepEquals(expected["stars"], row["stars"]), row.ToJsonString());
        }
    }

    // The bytes of a record as a JSON line decide where shards end, nested objects included.
    [Fact]
    public void Shards_end_after_the_same_rows_in_every_container()
    {
        Build("lines", "verl", "--container", "jsonl", "--shard-size", "500");
        Build("tables", "verl", "--container", "parquet", "--shard-size", "500");
        var lines = Directory.GetFiles(_scratch.At("lines", "data")).Select(path => $"{Path.GetFileNameWithoutExtension(path)} {File.ReadLines(path).Count()}");
        var tables = Directory.GetFiles(_scratch.At("tables", "data")).Select(path => $"{Path.GetFileNameWithoutExtension(path)} {RowsAsJson.Read(path).Count}");
        Assert.Equal(lines.Order(StringComparer.Ordinal), tables.Order(StringComparer.Ordinal));
        Assert.True(lines.Count() > 4);
    }

    [Fact]
    public void Several_formats_hold_the_same_examples_in_the_same_order()
    {
        CliRun.Ok([.. Arguments("out"), "--format", "pair", "--also", "messages,openai,t5-tsv", "--templates", "round-robin", "--seed", "5"]);
        var pairs = Rows(_scratch.At("out", "data", "train-00000-of-00001.jsonl"));
        var messages = Rows(_scratch.At("out", "also", "messages", "train-00000-of-00001.jsonl"));
        var strict = Rows(_scratch.At("out", "also", "openai", "train-00000-of-00001.jsonl"));
        Assert.Equal(3, pairs.Count);
        Assert.Equal(pairs.Select(row => $"{row["input"]}|{row["target"]}"), messages.Select(row => $"{row["messages"]![0]!["content"]}|{row["messages"]![1]!["content"]}"));
        Assert.Equal(messages.Select(row => row["messages"]!.ToJsonString()), strict.Select(row => row["messages"]!.ToJsonString()));
        Assert.Equal(3, File.ReadAllLines(_scratch.At("out", "also", "t5-tsv", "train-00000-of-00001.tsv")).Length);
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(_scratch.At("out", ".instructkit", "manifest.json")));
        Assert.Equal("messages", manifest.RootElement.GetProperty("plan").GetProperty("also")[0].GetString());
        Assert.Equal(8, manifest.RootElement.GetProperty("outputs").GetArrayLength());
        // A build with fewer formats removes the files of the earlier one.
        CliRun.Ok([.. Arguments("out"), "--force"]);
        Assert.False(Directory.Exists(_scratch.At("out", "also")));
    }

    [Theory]
    [InlineData("\\n", "\n", "")]
    [InlineData(" ", "", " ")]
    [InlineData("\\n\\nAnswer: ", "\n\nAnswer:", " ")]
    [InlineData("", "", "")]
    public void A_line_end_ends_the_prompt_and_a_space_begins_the_completion(string separator, string promptEnd, string completionStart)
    {
        CliRun.Ok([.. Arguments("out"), "--format", "prompt-completion", "--also", "text,pair", "--no-shuffle", "--separator", separator]);
        var pairs = Rows(_scratch.At("out", "also", "pair", "train-00000-of-00001.jsonl"));
        var completions = Rows(_scratch.At("out", "data", "train-00000-of-00001.jsonl"));
        var texts = Rows(_scratch.At("out", "also", "text", "train-00000-of-00001.jsonl"));
        for (var i = 0; i < pairs.Count; i++)
        {
            Assert.Equal(pairs[i]["input"] + promptEnd, completions[i]["prompt"]!.GetValue<string>());
            Assert.Equal(completionStart + pairs[i]["target"], completions[i]["completion"]!.GetValue<string>());
            Assert.Equal($"{completions[i]["prompt"]}{completions[i]["completion"]}", texts[i]["text"]!.GetValue<string>());
        }
    }

    [Fact]
    public void Columns_are_chosen_ordered_dropped_and_carried_along()
    {
        CliRun.Ok([.. Arguments("one"), "--columns", "task,target,choices,input,task"]);
        Assert.Equal("task,target,input", Keys("one", "train"));
        Assert.Equal("task,target,choices,input", Keys("one", "held_out"));
        CliRun.Ok([.. Arguments("two"), "--drop", "kind,split,row", "--with", "line=text,label"]);
        Assert.Equal("input,target,task,cluster,template,line,label", Keys("two", "train"));
        var row = Rows(_scratch.At("two", "data", "train-00000-of-00001.jsonl")).Single(one => one["line"]!.GetValue<string>() == "plain");
        Assert.Equal(1, row["label"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("IK2011", "Did you mean 'target'?", "--columns", "input,tarrget")]
    [InlineData("IK2011", "has a column 'starz'", "--with", "starz")]
    [InlineData("IK2023", "--with row_input=text", "--with", "input=text")]
    [InlineData("IK2023", "the container can be jsonl", "--format", "openai", "--container", "parquet")]
    [InlineData("IK2023", "neither lists nor objects", "--container", "tsv")]
    [InlineData("IK2023", "no place for a system text", "--system", "Be brief.")]
    [InlineData("IK2023", "takes no columns but its own", "--format", "openai", "--with", "text")]
    [InlineData("IK2023", "--shard-size cannot be used", "--format", "nemo", "--shard-size", "1M")]
    [InlineData("IK2023", "No column of 'pair' is left in 'train'", "--columns", "row", "--drop", "row")]
    [InlineData("IK2023", "No column of 'pair' is left in 'train'", "--columns", "choices")]
    [InlineData("IK2023", "No column of 'openai' is left", "--also", "openai", "--drop", "messages")]
    [InlineData("IK2014", "cannot be the name of a column", "--with", "=text")]
    [InlineData("IK2023", "--also t5-tsv", "--line-breaks", "space")]
    public void A_shape_that_cannot_be_is_refused_before_anything_is_written(string code, string part, params string[] options)
    {
        var run = CliRun.Of([.. Arguments("out"), .. options]);
        Assert.Equal(2, run.Code);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.At("out")));
    }

    [Fact]
    public void Rows_that_tab_separated_lines_change_are_counted()
    {
        var run = CliRun.Of([.. Arguments("out"), "--format", "t5-tsv", "--templates", "all"]);
        // Of nine: three with an options block, four more with the tab or the backslash of their row.
        Assert.Contains("train: 7 examples of 9 have tabs", run.Error, StringComparison.Ordinal);
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(_scratch.At("out", ".instructkit", "manifest.json")));
        var file = manifest.RootElement.GetProperty("outputs").EnumerateArray().Single(one => one.GetProperty("path").GetString()!.Contains("train", StringComparison.Ordinal));
        Assert.Equal(7, file.GetProperty("altered").GetInt32());
    }

    [Fact]
    public void Tabs_and_line_ends_become_spaces_where_the_plan_says_so()
    {
        var run = CliRun.Of([.. Arguments("out"), "--format", "t5-tsv", "--templates", "all", "--no-shuffle", "--line-breaks", "space"]);
        Assert.Equal(0, run.Code);
        var expected = File.ReadAllLines(Path.Combine(Golden, "pair.train")).Select(line => JsonNode.Parse(line)!).Select(row => $"{Spaced(row["input"]!)}\t{Spaced(row["target"]!)}");
        Assert.Equal(expected, File.ReadAllLines(_scratch.At("out", "data", "train-00000-of-00001.tsv")));
        // Three with an options block; of the rows with a tab or a line end the plain input and the inverse target.
        Assert.Contains("t5-tsv: 7 examples: a space was written", run.Error, StringComparison.Ordinal);
        Assert.Equal(7, SliceOf("out", "train").GetProperty("lost").GetProperty("t5-tsv: line_breaks").GetInt32());

        static string Spaced(JsonNode text) => text.GetValue<string>().Replace('\n', ' ').Replace('\t', ' ');
    }

    [Fact]
    public void Examples_with_tabs_or_line_ends_are_dropped_where_the_plan_says_so()
    {
        CliRun.Ok([.. Arguments("out"), "--format", "pair", "--also", "t5-tsv", "--templates", "all", "--no-shuffle", "--line-breaks", "drop"]);
        var lines = File.ReadAllLines(_scratch.At("out", "also", "t5-tsv", "train-00000-of-00001.tsv"));
        var pairs = Rows(_scratch.At("out", "data", "train-00000-of-00001.jsonl"));
        Assert.Equal(pairs.Select(row => $"{row["input"]}\t{row["target"]}"), lines);
        Assert.All(pairs, row => Assert.False($"{row["input"]}{row["target"]}".AsSpan().ContainsAny('\t', '\n')));
        // Two rows have a tab or a line end in their text; in the third the options block is on separate lines.
        Assert.Equal(2, lines.Length);
        Assert.Equal(2, SliceOf("out", "train").GetProperty("dropped").GetProperty("line_break").GetInt32());
        Assert.Equal(1, SliceOf("out", "train").GetProperty("templates_skipped").GetProperty("line_break").GetInt32());
    }

    // 2^63 and beyond fit into no integer of Parquet or of a dataset card; a null instead would be a silent loss.
    [Fact]
    public void An_integer_that_does_not_fit_is_a_bad_row_and_never_null()
    {
        Directory.CreateDirectory(_scratch.At("data", "big"));
        _scratch.Write("data/big/train.jsonl", "{\"text\": \"a\", \"n\": 9223372036854775807}\n{\"text\": \"b\", \"n\": 9223372036854775808}\n");
        string Task(string type) => _scratch.Write("big.yaml", $"task: big\ntitle: Big\ncolumns: {{ text: string, n: {type} }}\nlayouts:\n  - {{ name: lines, format: jsonl, files: {{ train: big/train.jsonl }} }}\nsplits: {{ train: train }}\nanswer: text\ntemplates:\n  - {{ id: ask, input: 'Say it: {{{{ n }}}}', target: '{{{{ answer }}}}' }}\n");
        string[] build = ["build", "--tasks", Task("int"), "--data", _scratch.At("data"), "--with", "n", "--no-shuffle", "--force", "--out", _scratch.At("out")];
        var run = CliRun.Of(build);
        Assert.Equal(65, run.Code);
        Assert.Contains("64-bit integer, found 9223372036854775808", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, CliRun.Of([.. build, "--on-bad-row", "skip"]).Code);
        Assert.Equal([9223372036854775807], Rows(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).Select(row => row["n"]!.GetValue<long>()));
        Task("string");
        CliRun.Ok(build);
        Assert.Equal(["9223372036854775807", "9223372036854775808"], Rows(_scratch.At("out", "data", "train-00000-of-00001.jsonl")).Select(row => row["n"]!.GetValue<string>()));
    }

    [Fact]
    public void The_reference_page_and_the_table_of_the_readme_are_those_of_the_schemas()
    {
        Assert.Equal(CliRun.Ok("schema", "format", "--markdown").Output, File.ReadAllText(RepositoryRoot.At("docs", "formats.md")));
        Assert.Contains(FormatReference.Table(), File.ReadAllText(RepositoryRoot.At("README.md")), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(CliRun.Ok("schema", "format").Bytes);
        Assert.Equal(ExampleFormats.All.Select(format => format.Name), json.RootElement.GetProperty("formats").EnumerateArray().Select(one => one.GetProperty("name").GetString()));
    }

    private JsonElement SliceOf(string folder, string output)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(_scratch.At(folder, ".instructkit", "manifest.json")));
        return manifest.RootElement.GetProperty("tasks").EnumerateArray().SelectMany(task => task.GetProperty("slices").EnumerateArray()).First(slice => slice.GetProperty("output").GetString() == output).Clone();
    }

    private static List<JsonNode> Rows(string path) => [.. File.ReadLines(path).Select(line => JsonNode.Parse(line)!)];

    private static string[] Expected(string name, string split) => File.ReadAllLines(Path.Combine(Golden, $"{name}.{split}"));

    // TFRecord files through the reader of the tests, as the JSON of their features.
    private static IEnumerable<string> Lines(string path) => path.EndsWith(".tfrecord", StringComparison.Ordinal) ? TfRecordFile.ReadAsJson(path).Select(line => JsonNode.Parse(line)!.ToJsonString()) : File.ReadAllLines(path);

    // What is read from a TFRecord file is written by another JSON writer, with other escapes.
    private static IEnumerable<string> Shown(string name, string[] lines) => name == "tfrecord" ? lines.Select(line => JsonNode.Parse(line)!.ToJsonString()) : lines;

    private string Keys(string folder, string split) =>
        string.Join(',', Rows(_scratch.At(folder, "data", $"{split}-00000-of-00001.jsonl"))[0].AsObject().Select(member => member.Key));

    private void Build(string folder, string format, params string[] more)
    {
        string[] system = ExampleFormats.Find(format)!.HasSystem ? ["--system", "Be \"brief\"."] : [];
        string[] with = ExampleFormats.Find(format)!.TakesMoreColumns ? ["--with", "stars,names,area"] : [];
        // verl's default is Parquet, which the test of containers reads.
        string[] container = format == "verl" && more.Length == 0 ? ["--container", "jsonl"] : [];
        CliRun.Ok([.. Arguments(folder), "--format", format, "--templates", "all", "--no-shuffle", .. system, .. with, .. container, .. more]);
    }

    private string[] Arguments(string folder) =>
        ["build", "--tasks", Path.Combine(Golden, "tasks"), "--data", Path.Combine(Golden, "data"), "--hold-out", "capital", "--out", _scratch.At(folder)];
}
