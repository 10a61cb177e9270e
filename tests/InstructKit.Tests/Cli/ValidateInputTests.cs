using System.IO.Compression;
using InstructKit.Auditing.Validation;
using InstructKit.Compression;
using InstructKit.Formats.Consumers;
using InstructKit.Parquet;
using InstructKit.Parquet.Format;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>The same rows get the same findings wherever they come from: compressed or not, from standard input, or as the columns of a Parquet file.</summary>
public sealed class ValidateInputTests : IDisposable
{
    private const string Rows = """
        {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
        {"messages": [{"role": "user", "content": "a"}, {"role": "bot", "content": "b"}]}
        {"messages": [{"role": "user", "content": null}, {"role": "assistant", "content": "c"}]}
        """;

    // An unknown role, which leaves the conversation without a reply; a question without a text.
    private static readonly string[] Expected = ["2 IK2604", "2 IK2609", "3 IK2602"];

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rows.jsonl")]
    [InlineData("rows.jsonl.gz")]
    [InlineData("rows.jsonl.zst")]
    public void Packed_lines_have_the_findings_of_plain_ones(string name)
    {
        var path = _folder.At(name);
        using (var file = File.Create(path))
        using (var packed = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : name.EndsWith(".zst", StringComparison.Ordinal) ? Zstandard.OpenWrite(file, 3) : file)
            packed.Write(Encoding.UTF8.GetBytes(Rows));

        Assert.Equal(Expected, Found(new ValidationRequest { Target = ConsumerTable.Find("trl-sft"), Inputs = [path] }));
    }

    [Fact]
    public void Standard_input_is_read_as_lines()
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(Rows));
        Assert.Equal(Expected, Found(new ValidationRequest { Target = ConsumerTable.Find("trl-sft"), Inputs = ["-"], StandardInput = input }));
    }

    [Theory]
    [InlineData(ParquetCodec.Snappy)]
    [InlineData(ParquetCodec.Zstd)]
    public void Rows_of_Parquet_are_judged_as_the_objects_that_they_are(ParquetCodec codec)
    {
        var path = _folder.At("rows.parquet");
        using (var file = File.Create(path))
        using (var writer = new ParquetWriter(file, [ParquetField.List("messages", ParquetField.Struct("element", [ParquetField.Text("role"), ParquetField.Text("content")]))], new ParquetWriterOptions { Codec = codec }))
        {
            foreach (var role in (ReadOnlySpan<string>)["assistant", "bot", "assistant"])
            {
                writer.StartList();
                foreach (var speaker in (ReadOnlySpan<string>)["user", role])
                {
                    writer.StartStruct();
                    writer.WriteText(Encoding.UTF8.GetBytes(speaker));
                    writer.WriteText("text"u8);
                    writer.EndStruct();
                }

                writer.EndList();
                writer.EndRow();
            }

            writer.Finish();
        }

        Assert.Equal(Expected[..2], Found(new ValidationRequest { Target = ConsumerTable.Find("trl-sft"), Inputs = [path] }));
    }

    // An error of a file as a whole is a finding, and the remaining files are read.
    [Theory]
    [InlineData("a.jsonl", "FFFE7B00", "IK3013")]
    [InlineData("a.jsonl.gz", "1F8B080000000000000305", "IK3016")]
    [InlineData("a.parquet", "504152317878787878504152", "IK7001")]
    public void A_damaged_file_is_a_finding(string name, string bytes, string code)
    {
        File.WriteAllBytes(_folder.At(name), Convert.FromHexString(bytes));
        var right = _folder.Write("b.jsonl", "{\"a\": 1}\n");
        var report = new Validator(new ValidationRequest { Target = ConsumerTable.Find("hf-datasets"), Inputs = [_folder.At(name), right] }).Run(CancellationToken.None);
        Assert.Equal([code], report.Findings.Select(finding => finding.Diagnostic.Code).Where(found => found != "IK2616"));
        Assert.Equal(1, report.Files[^1].Rows);
    }

    // datasets: an array of strings and the lines of a text are rows with the column text.
    [Theory]
    [InlineData("a.json", "[\"x\", \"y\"]", "hf-datasets", "")]
    [InlineData("a.txt", "x\n\ny \"z\"\n", "hf-datasets", "")]
    [InlineData("a.json", "[\"x\", 3]", "hf-datasets", "1 IK2601")]
    [InlineData("a.jsonl", "\"x\"\n", "hf-datasets", "1 IK2601")]
    [InlineData("a.json", "[\"x\"]", "flan", "1 IK2601")]
    public void Texts_are_rows_where_the_consumer_takes_them(string name, string content, string target, string expected) =>
        Assert.Equal(expected.Length == 0 ? [] : [expected], Found(new ValidationRequest { Target = ConsumerTable.Find(target), Inputs = [_folder.Write(name, content)] }));

    private static List<string> Found(ValidationRequest request) =>
        [.. new Validator(request).Run(CancellationToken.None).Findings.Select(finding => $"{finding.Diagnostic.Span?.Start.Line + 1} {finding.Diagnostic.Code}")];
}
