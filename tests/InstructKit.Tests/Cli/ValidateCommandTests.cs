using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>The command: positions, forms of input and output, which targets suit, what is not shown.</summary>
public sealed class ValidateCommandTests : IDisposable
{
    private const string Good = "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"Ho\"}]}";
    private const string Bad = "{\"messages\": [{\"role\": \"user\", \"content\": \"é𝄞\"}, {\"role\": \"bot\", \"content\": \"Ho\"}]}";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_finding_has_file_line_column_code_and_the_source_of_its_rule()
    {
        var path = _folder.Write("rows.jsonl", $"{Good}\n{Bad}\n{Good}\n");
        var run = CliRun.Of("validate", path, "--target", "trl-sft");
        Assert.Equal(1, run.Code);

        // Columns are UTF-16 units: é is one, 𝄞 two.
        var column = Bad.IndexOf("\"bot\"", StringComparison.Ordinal) + 1;
        Assert.Contains($"{path}:2:{column}: error IK2604: messages[1].role is the string 'bot', expected ", run.Error, StringComparison.Ordinal);
        Assert.Contains("[trl/data_utils.py apply_chat_template]", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("trl-sft: 3 rows in 1 file: 1 error, 1 warning.\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Right_files_end_with_0()
    {
        var run = CliRun.Ok("validate", _folder.Write("rows.jsonl", $"{Good}\n"), "--target", "trl-sft");
        Assert.Equal("trl-sft: 1 row in 1 file: 0 errors, 0 warnings.\n", run.Error);
    }

    [Fact]
    public void Packed_files_arrays_Parquet_and_folders_have_the_same_findings()
    {
        using (var file = new GZipStream(File.Create(_folder.At("rows.jsonl.gz")), CompressionLevel.Fastest)) file.Write(Encoding.UTF8.GetBytes($"{Good}\n{Bad}\n"));

        Assert.Equal([("IK2604", 2)], Found(_folder.At("rows.jsonl.gz")));
        Assert.Equal([("IK2604", 3)], Found(_folder.Write("rows.json", $"[\n{Good},\n{Bad}\n]\n")));

        // An indented object: the finding is on its own line, not on that of the row.
        Assert.Equal([("IK2603", 4)], Found(_folder.Write("indented.json", "[\n  {\n    \"text\":\n      3\n  }\n]\n")));
        var folder = _folder.At("set");
        _folder.Write("set/train/a.jsonl", $"{Good}\n");
        _folder.Write("set/train/b.jsonl", $"{Bad}\n");
        _folder.Write("set/.hidden/c.jsonl", $"{Bad}\n");
        _folder.Write("set/dataset_info.json", "{}");
        Assert.Equal([("IK2604", 1)], Found(folder));
    }

    [Fact]
    public void Csv_rows_are_checked_by_their_header() =>
        Assert.Equal([("IK2606", 3)], Found(_folder.Write("rows.csv", "instruction,output\nDo,done\n,done\n"), "axolotl-alpaca"));

    // pandas converts cells to booleans and numbers.
    [Theory]
    [InlineData("True", "False", true)]
    [InlineData("true", "FALSE", true)]
    [InlineData("1", "0", false)]
    [InlineData("yes", "no", false)]
    public void Csv_cells_have_the_types_that_they_say(string good, string bad, bool passes)
    {
        var run = CliRun.Of("validate", _folder.Write("rows.csv", $"prompt,completion,label\nHi,Ho,{good}\nHi,Hu,{bad}\n"), "--target", "trl-kto");
        Assert.Equal(passes ? 0 : 1, run.Code);
        Assert.Equal(passes, run.Error.EndsWith("0 errors, 0 warnings.\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Keys_are_found_and_doubled_whether_they_are_escaped_or_not()
    {
        Assert.Empty(Found(_folder.Write("escaped.jsonl", Good.Replace("messages", "m\\u0065ssages", StringComparison.Ordinal).Replace("role", "r\\u006fle", StringComparison.Ordinal) + "\n")));
        Assert.Equal([("IK3003", 1)], Found(_folder.Write("doubled.jsonl", Good[..^1] + ", \"m\\u0065ssages\": []}\n")));
    }

    [Fact]
    public void Without_a_target_it_says_which_ones_suit_and_why_not_the_others()
    {
        var run = CliRun.Of("validate", _folder.Write("rows.jsonl", "{\"instruction\": \"a\", \"input\": \"\", \"output\": \"b\"}\n"));
        Assert.Equal(0, run.Code);
        Assert.StartsWith("The files suit axolotl-alpaca, llama-factory-alpaca, nemo, hf-datasets.\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n  not trl-sft: ", run.Output, StringComparison.Ordinal);
        Assert.Equal(21, run.Output.Count(letter => letter == '\n')); // the line above and 20 refusals

        var fields = CliRun.Of("validate", _folder.Write("rows.tsv", "a b\tc\nd\te\n"));
        Assert.Contains("t5-tsv", fields.Output.Split('\n')[0], StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_shown_is_counted_and_named_with_the_option_that_shows_it()
    {
        var path = _folder.Write("rows.jsonl", string.Concat(Enumerable.Repeat("{\"text\": 3}\n", 30)));
        var run = CliRun.Of("validate", path, "--target", "axolotl-completion");
        Assert.Equal(20, run.Error.Split('\n').Count(line => line.Contains("error IK2603", StringComparison.Ordinal)));
        Assert.Contains("10 more findings are not shown; --max-findings 0 shows all.\n  IK2603 wrong-type: 30 errors, 0 warnings\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(30, CliRun.Of("validate", path, "--target", "axolotl-completion", "--max-findings", "0").Error.Split('\n').Count(line => line.Contains("error IK2603", StringComparison.Ordinal)));
    }

    [Fact]
    public void Answers_for_programs()
    {
        var path = _folder.Write("rows.jsonl", $"{Good}\n{Bad}\n");
        var json = JsonDocument.Parse(CliRun.Of("validate", path, "--target", "trl-sft", "--json").Output).RootElement;
        var finding = json.GetProperty("findings").EnumerateArray().First(one => one.GetProperty("severity").GetString() == "error");
        Assert.Equal(
            (path, 2, "IK2604", "unknown-value", "trl/data_utils.py apply_chat_template"),
            (finding.GetProperty("file").GetString()!, finding.GetProperty("line").GetInt32(), finding.GetProperty("code").GetString()!, finding.GetProperty("rule").GetString()!, finding.GetProperty("source").GetString()!));
        Assert.Equal((1, 2), (json.GetProperty("errors").GetInt32(), json.GetProperty("files")[0].GetProperty("rows").GetInt32()));

        var sarif = JsonDocument.Parse(CliRun.Of("validate", path, "--target", "trl-sft", "--sarif").Output).RootElement;
        var result = sarif.GetProperty("runs")[0].GetProperty("results").EnumerateArray().First(one => one.GetProperty("level").GetString() == "error");
        Assert.Equal("IK2604", result.GetProperty("ruleId").GetString());
        Assert.Equal(2, result.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("region").GetProperty("startLine").GetInt32());

        var junit = XDocument.Parse(CliRun.Of("validate", path, "--target", "trl-sft", "--junit").Output);
        Assert.Equal("1", junit.Descendants("testsuite").Single().Attribute("failures")!.Value);
        Assert.Equal("IK2604", junit.Descendants("failure").Single().Attribute("type")!.Value);
    }

    [Theory]
    [InlineData("validate", "Name the files or folders to validate")]
    [InlineData("validate x.jsonl", "There is no input file 'x.jsonl'")]
    [InlineData("validate - --target trl", "--target takes ")]
    [InlineData("validate - --json --sarif", "choose one")]
    public void What_is_wrong_with_a_command_line_is_said(string line, string expected)
    {
        var run = CliRun.Of(line.Split(' '));
        Assert.Equal(2, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_row_does_not_end_the_reading()
    {
        byte[] content = [.. "{\"text\": \"a\"}\n{\"text\": \""u8, 0xFF, .. "\"}\n{\"text\": \n\n{\"text\": 3}"u8];
        File.WriteAllBytes(_folder.At("rows.jsonl"), content);
        Assert.Equal([("IK2603", 5), ("IK3002", 3), ("IK3004", 2)], Found(_folder.At("rows.jsonl"), "axolotl-completion"));
    }

    private static List<(string Code, int Line)> Found(string path, string target = "trl-sft") =>
    [
        .. JsonDocument.Parse(CliRun.Of("validate", path, "--target", target, "--json").Output).RootElement.GetProperty("findings").EnumerateArray()
            .Where(one => one.GetProperty("severity").GetString() == "error")
            .Select(one => (one.GetProperty("code").GetString()!, one.GetProperty("line").GetInt32()))
            .Order(),
    ];
}
