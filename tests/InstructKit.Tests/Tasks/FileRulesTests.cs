using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Tasks;

/// <summary>Files that a task names and must not read: one twice, and those outside the data roots.</summary>
public sealed class FileRulesTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("train.jsonl*", "train.jsonl", "train.jsonl.gz")]
    [InlineData("*", "a/train.csv", "a/train.csv.zst")]
    public void A_pattern_that_matches_a_file_and_its_compressed_copy_is_an_error(string glob, string plain, string packed)
    {
        glob = plain.Contains('/', StringComparison.Ordinal) ? $"**/{glob}" : glob;
        Write(plain, packed);
        var error = Error(glob);
        Assert.Equal("IK3023", error.Code);
        Assert.Contains($"matches both '{Root(plain)}' and '{Root(packed)}'", error.Message, StringComparison.Ordinal);
        File.Delete(Root(packed));
        Assert.NotNull(Find(glob));
        // Naming both means both.
        Write(packed);
        Assert.Equal(2, Find($"{plain}\", \"{packed}")!.Splits["train"].Single().Files.Count);
    }

    [Fact]
    public void Two_patterns_that_match_one_file_are_an_error()
    {
        Write("train-1.jsonl", "train-2.jsonl");
        Assert.Contains($"match '{Root("train-1.jsonl")}' twice", Error("train-*.jsonl\", \"*-1.jsonl").Message, StringComparison.Ordinal);
        Assert.NotNull(Find("train-1.jsonl\", \"train-2*.jsonl"));
    }

    [Theory]
    [InlineData("ABSOLUTE/secret.txt")]
    [InlineData("../../outside/secret.txt")]
    [InlineData("link.txt")]
    [InlineData("folder/secret.txt")]
    [InlineData("folder/*.txt")]
    public void Files_stay_below_the_data_roots_unless_the_user_names_theirs(string glob)
    {
        Write("x.txt");
        Directory.CreateDirectory(_scratch.At("outside"));
        File.WriteAllText(_scratch.At("outside/secret.txt"), "x\n");
        File.CreateSymbolicLink(Root("link.txt"), _scratch.At("outside/secret.txt"));
        Directory.CreateSymbolicLink(Root("folder"), _scratch.At("outside"));
        glob = glob.Replace("ABSOLUTE", _scratch.At("outside"), StringComparison.Ordinal);
        var error = Error(glob);
        Assert.Equal("IK2024", error.Code);
        Assert.Contains(_scratch.At("outside/secret.txt"), error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{_scratch.At("data")}'", error.Message, StringComparison.Ordinal);
        Assert.NotNull(Find(glob, _scratch.At("outside")));
    }

    [Fact]
    public void A_link_that_stays_inside_is_followed()
    {
        Write("x.txt");
        File.CreateSymbolicLink(Root("link.txt"), "x.txt");
        Directory.CreateSymbolicLink(_scratch.At("alias"), _scratch.At("data"));
        Assert.NotNull(Find("link.txt"));
        Assert.NotNull(new TaskLocator([_scratch.At("alias")]).Find(Task("link.txt"), SliceKind.Train));
    }

    private string Root(string name) => Path.Combine(_scratch.At("data"), "t", name);

    private void Write(params string[] names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Root(name))!);
            File.WriteAllText(Root(name), "x\n");
        }
    }

    private Diagnostic Error(string glob) => Assert.Throws<DiagnosticException>(() => Find(glob)).Diagnostics.Single();

    private TaskData? Find(string glob, params string[] more) => new TaskLocator([_scratch.At("data"), .. more]).Find(Task(glob), SliceKind.Train);

    private TaskDefinition Task(string glob)
    {
        Directory.CreateDirectory(_scratch.At("own"));
        var path = _scratch.At("own", "t.yaml");
        File.WriteAllText(path, $$$"""
            task: t
            title: A task
            cluster: aa
            columns: { line: string }
            layouts:
              - name: own
                format: lines
                files: { train: ["{{{glob.Replace("\\", "/", StringComparison.Ordinal)}}}"] }
            splits: { train: train }
            answer: "line"
            templates:
              - id: a
                input: "{{ line }}"
                target: "{{ answer }}"
            """);
        var tasks = new TaskFiles();
        tasks.AddOwn(path);
        return tasks.Get("t");
    }
}
