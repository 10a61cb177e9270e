using System.Buffers;
using System.Text.Json;
using InstructKit.Sources.Files;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.NaturalInstructions;

/// <summary>
/// Imports task files of Super-NaturalInstructions: the task file has a template for each requested encoding, with definition and examples in it; the
/// instances become its rows, in JSON Lines. Categories become clusters.
/// </summary>
public static class NaturalInstructionsImporter
{
    // Published files hold all instances of a task and have up to 100 MB.
    private const long MaxFileBytes = 1 << 30;

    private const string RowsFile = "instances.jsonl";

    // A task that is held out is tested on its first hundred instances (Super-NaturalInstructions, its default split); half of them for small files.
    private const int TestInstances = 100;

    /// <summary>Imports files, and every <c>*.json</c> in folders, in ordinal order.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="encodings">One template for each.</param>
    /// <exception cref="DiagnosticException">Something cannot be read (IK2017).</exception>
    public static ImportResult Import(IReadOnlyList<string> paths, IReadOnlyList<TkInstructEncoding> encodings)
    {
        var collector = new ImportCollector();
        collector.ImportEach(paths.SelectMany(path => ImportFiles.In(path, "*.json", SearchOption.TopDirectoryOnly)), file => Import(file, encodings, collector));
        return collector.Result(paths, "no file *.json");
    }

    private static void Import(string path, IReadOnlyList<TkInstructEncoding> encodings, ImportCollector collector)
    {
        var file = new NaturalInstructionsReader(path, TextFile.Bytes(path, MaxFileBytes), collector).Read();
        var name = Path.GetFileNameWithoutExtension(path);
        collector.Take(MakeTask(name, file, encodings), null, (RowsFile, file.Instances, () => Rows(path)));
    }

    private static ImportedTask MakeTask(string name, NaturalInstructionsFile file, IReadOnlyList<TkInstructEncoding> encodings)
    {
        var test = Math.Min(TestInstances, file.Instances / 2);
        List<ImportedTemplate> templates = [];
        foreach (var encoding in encodings)
        {
            var input = encoding.InputTemplate(name, file);
            // If a task has fewer examples than requested, two encodings may be equal.
            if (templates.TrueForAll(other => other.Input != input))
                templates.Add(new ImportedTemplate { Id = encoding.Id, Input = input, Target = "{{ answer }}", Metadata = templates.Count == 0 ? About(file) : null });
        }

        return new ImportedTask
        {
            Key = TaskKey.Of(name),
            Title = name,
            Origin = $"Super-NaturalInstructions, {name}",
            Cite = file.Addresses.FirstOrDefault(address => address.Length > 0),
            Clusters = [.. (file.About.FirstOrDefault(one => one.Key == "Categories").Texts ?? []).Select(category => TaskKey.Of(category).ToLowerInvariant()).Distinct(StringComparer.Ordinal)],
            Licence = file.Licences.Count > 0 ? string.Join("; ", file.Licences) : null,
            Columns = [("input", "string"), ("output", "list")],
            Layouts = [new ImportedLayout("instances", "jsonl", [("instances", [RowsFile])])],
            // A single instance makes no test slice.
            Slices = test == 0
                ? [("train", "instances")]
                :
                [
                    ("train", string.Create(CultureInfo.InvariantCulture, $"instances[{test}:]")),
                    ("test", string.Create(CultureInfo.InvariantCulture, $"instances[:{test}]")),
                ],
            Fields = [new ImportedField(TkInstructEncoding.InputField, TkInstructEncoding.InputExpression)],
            // One of the outputs at random, as Tk-Instruct trains; here keyed by the build's seed and the row.
            Answer = "output | random",
            Answers = "output",
            Metrics = ["rougeLsum", "exact_match"],
            Templates = templates,
        };
    }

    private static YamlMap? About(NaturalInstructionsFile file)
    {
        var source = SourceText.FromText(string.Empty, string.Empty);
        var span = new SourceSpan(source, 0, 0);
        return file.About.Count == 0
            ? null
            : new YamlMap([.. file.About.Select(one => new YamlEntry(Scalar(one.Key), new YamlList([.. one.Texts.Select(Scalar)], span)))], span);

        YamlScalar Scalar(string text) => new(text, ScalarForm.DoubleQuoted, span);
    }

    private static byte[] Rows(string path)
    {
        var rows = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(rows, JsonWriting.Compact);
        new NaturalInstructionsReader(path, TextFile.Bytes(path, MaxFileBytes)).Read((id, input, outputs) =>
        {
            json.Object(() => json.Put("id", id).Put("input", input).Put("output", outputs));
            json.Flush();
            rows.Write("\n"u8);
            json.Reset();
        });
        return rows.WrittenSpan.ToArray();
    }
}
