using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.LmEval;

/// <summary>
/// Reads task files of lm-evaluation-harness with their includes (lm_eval/utils.py at commit 4e7e0d4): keys of the file win over those of an included
/// one, an earlier include over a later one; values are replaced whole. A file that thousands of others include is read once.
/// </summary>
/// <param name="collector">Where duplicate keys are reported.</param>
internal sealed class LmEvalFile(ImportCollector collector)
{
    private const string Include = "include";
    private const int MaxChain = 16;

    private readonly Dictionary<string, (YamlMap Map, List<DuplicateKey> Duplicates)> _read = new(StringComparer.Ordinal);

    /// <summary>Parses a file.</summary>
    /// <exception cref="DiagnosticException">It or an included file is not YAML, is missing, or includes itself (IK20xx, IK9001).</exception>
    /// <exception cref="DiagnosticException">It cannot be read (IK2017).</exception>
    public YamlMap Load(string path)
    {
        List<DuplicateKey> duplicates = [];
        var map = Resolved(path, Read(path, duplicates), [], duplicates);
        var name = (map.Find("task") as YamlScalar ?? map.Find("group") as YamlScalar)?.Text ?? Path.GetFileNameWithoutExtension(path);
        foreach (var (first, last) in duplicates)
        {
            collector.Remark(
                ImportCodes.Slip,
                $"The key '{last.Text}' of '{name}' occurs twice in '{last.Span.Source.Name}', at {first.Span.Start} and {last.Span.Start}; as in PyYAML the last value counts.",
                last.Span);
        }

        return map;
    }

    /// <summary>Applies a mapping inside a file over its includes.</summary>
    /// <exception cref="DiagnosticException">An included file is not YAML, is missing, or includes itself (IK20xx, IK9001).</exception>
    public YamlMap Resolve(string path, YamlMap inner) => Resolved(path, inner, [], []);

    private YamlMap Read(string path, List<DuplicateKey> duplicates)
    {
        var full = Path.GetFullPath(path);
        if (!_read.TryGetValue(full, out var known))
        {
            List<DuplicateKey> own = [];
            known = (PyYaml.Load(path, own), own);
            _read[full] = known;
            // Reported once, with the first task that reads the file.
            duplicates.AddRange(own);
        }

        return known.Map;
    }

    private YamlMap Resolved(string path, YamlMap map, IReadOnlyList<string> chain, List<DuplicateKey> duplicates)
    {
        var own = new YamlMap([.. map.Entries.Where(entry => entry.Key.Text != Include)], map.Span);
        var names = map.Find(Include) switch
        {
            YamlScalar one => [one],
            YamlList list => list.Items.OfType<YamlScalar>().Reverse().ToList(),
            _ => [],
        };
        var merged = new YamlMap([], map.Span);
        foreach (var name in names)
        {
            var other = Find(path, name, chain);
            merged = merged.Overlay(Resolved(other, Read(other, duplicates), [.. chain, Path.GetFullPath(path)], duplicates));
        }

        return merged.Overlay(own);
    }

    private static string Find(string path, YamlScalar name, IReadOnlyList<string> chain)
    {
        var other = Path.Combine(Path.GetDirectoryName(path) ?? string.Empty, name.Text);
        if (!File.Exists(other)) throw Wrong($"The included file '{name.Text}' does not exist.", name);

        var full = Path.GetFullPath(other);
        return chain.Append(Path.GetFullPath(path)).Contains(full, StringComparer.Ordinal) ? throw Wrong($"'{name.Text}' includes itself.", name)
            : chain.Count >= MaxChain ? throw Wrong("Files include each other more than sixteen deep.", name)
            : other;
    }

    private static DiagnosticException Wrong(string message, YamlScalar name) => new(new Diagnostic(ImportCodes.Unreadable, Severity.Error, message, name.Span));
}
