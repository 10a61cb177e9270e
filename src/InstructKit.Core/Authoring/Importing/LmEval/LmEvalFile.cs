using InstructKit.Diagnostics;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.LmEval;

/// <summary>
/// Reads a task file of lm-evaluation-harness with what it includes (lm_eval/utils.py at commit 4e7e0d4): keys of the file win over those of an included
/// one, an earlier include over a later one; values are replaced whole.
/// </summary>
internal static class LmEvalFile
{
    private const string Include = "include";
    private const int MaxChain = 16;

    /// <summary>Reads a file.</summary>
    /// <exception cref="DiagnosticException">It or an included file is no YAML, is not there, or includes itself (IK20xx, IK9001).</exception>
    /// <exception cref="DiagnosticException">It cannot be read (IK2017).</exception>
    public static YamlMap Load(string path) => Load(path, []);

    private static YamlMap Load(string path, IReadOnlyList<string> chain)
    {
        var map = YamlFile.Load(path);
        var own = new YamlMap([.. map.Entries.Where(entry => entry.Key.Text != Include)], map.Span);
        var names = map.Find(Include) switch
        {
            YamlScalar one => [one],
            YamlList list => list.Items.OfType<YamlScalar>().Reverse().ToList(),
            _ => [],
        };
        var merged = new YamlMap([], map.Span);
        foreach (var name in names) merged = merged.Overlay(Load(Resolve(path, name, chain), [.. chain, Path.GetFullPath(path)]));

        return merged.Overlay(own);
    }

    private static string Resolve(string path, YamlScalar name, IReadOnlyList<string> chain)
    {
        var other = Path.Combine(Path.GetDirectoryName(path) ?? string.Empty, name.Text);
        if (!File.Exists(other)) throw Wrong($"The included file '{name.Text}' is not there.", name);

        var full = Path.GetFullPath(other);
        return chain.Append(Path.GetFullPath(path)).Contains(full, StringComparer.Ordinal) ? throw Wrong($"'{name.Text}' includes itself.", name)
            : chain.Count >= MaxChain ? throw Wrong("Files include each other more than sixteen deep.", name)
            : other;
    }

    private static DiagnosticException Wrong(string message, YamlScalar name) => new(new Diagnostic(ImportCodes.Unreadable, Severity.Error, message, name.Span));
}
