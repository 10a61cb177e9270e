using System.Text.RegularExpressions;
using InstructKit.Formats.Consumers;
using InstructKit.Sources;
using InstructKit.Sources.Files;
using InstructKit.Yaml;

namespace InstructKit.Auditing.Validation;

/// <summary>A file that a dataset card lists.</summary>
/// <param name="Config">The configuration, whose files form one table.</param>
/// <param name="Split">The split; empty when the card names none.</param>
internal sealed record CardFile(string Config, string Split);

/// <summary>What the README.md of a folder lists under <c>configs:</c> (huggingface/hub-docs datasets-manual-configuration.md; huggingface/datasets data_files.py, naming.py).</summary>
internal sealed partial class DatasetCardFiles
{
    private const string Source = "datasets data_files.py sanitize_patterns, naming.py";
    private const string Fence = "---";

    private readonly string _folder;
    private readonly string _name;
    private readonly FolderView _view = new();

    private DatasetCardFiles(string folder, string name)
    {
        _folder = folder;
        _name = name;
    }

    /// <summary>The files by their full path; empty when the card lists none.</summary>
    public Dictionary<string, CardFile> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Errors in the card.</summary>
    public List<ValidationFinding> Findings { get; } = [];

    /// <summary>Paths in each configuration that the card declares to hold any JSON, such as <c>messages.tool_calls</c>.</summary>
    public Dictionary<string, HashSet<string>> JsonPlaces { get; } = new(StringComparer.Ordinal);

    public bool HasConfigs { get; private set; }

    [GeneratedRegex(@"^\w+(\.\w+)*$")]
    private static partial Regex SplitName { get; }

    [GeneratedRegex(@"[<>:/\\|?*]")]
    private static partial Regex BadConfigLetter { get; }

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex LetterClass { get; }

    /// <summary>True for a name that a split may have.</summary>
    public static bool IsSplit(string name) => SplitName.IsMatch(name);

    /// <summary>Reads the card of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">Its name in messages.</param>
    public static DatasetCardFiles Read(string folder, string name)
    {
        var card = new DatasetCardFiles(folder, name);
        var path = Path.Combine(folder, "README.md");
        if (File.Exists(path)) card.Read(TextFile.Load(path).Text);

        return card;
    }

    private void Read(string text)
    {
        var lines = text.Split('\n');
        if (lines[0].TrimEnd('\r') != Fence) return;

        var end = Array.FindIndex(lines, 1, line => line.TrimEnd('\r') == Fence);
        if (end < 0) return;

        YamlMap map;
        try
        {
            map = YamlFile.Parse(SourceText.Embedded($"{_name}/README.md", string.Join('\n', lines[1..end]), static place => place with { Line = place.Line + 1 }));
        }
        catch (DiagnosticException failure)
        {
            Findings.Add(new ValidationFinding(failure.Diagnostics[0], string.Empty));
            return;
        }

        foreach (var info in map.Find("dataset_info") switch { YamlList list => list.Items.OfType<YamlMap>(), YamlMap one => [one], _ => [] })
        {
            HashSet<string> places = new(StringComparer.Ordinal);
            Features(info.Find("features"), string.Empty, places);
            if (places.Count > 0) JsonPlaces[info.Find("config_name") is YamlScalar name ? name.Text : "default"] = places;
        }

        if (map.Find("configs") is not YamlList configs) return;

        HasConfigs = true;
        var defaults = 0;
        foreach (var node in configs.Items)
        {
            if (node is YamlMap config) Config(config);
            else Report(node.Span, ConsumerCodes.WrongType, $"a configuration is {node.Noun}, expected a mapping");

            if (node is YamlMap own && own.Find("default") is YamlScalar { Text: "true" or "True" } chosen && ++defaults == 2)
                Report(chosen.Span, ConsumerCodes.UnknownValue, "this is the second default configuration, of which there is one at most");
        }
    }

    // A feature is {name, dtype}, or {name, list: type or fields}, or {name, struct: fields}.
    private static void Features(YamlNode? features, string outer, HashSet<string> places)
    {
        foreach (var feature in features is YamlList list ? list.Items.OfType<YamlMap>() : [])
        {
            if (feature.Find("name") is not YamlScalar name) continue;

            var place = outer.Length == 0 ? name.Text : $"{outer}.{name.Text}";
            foreach (var key in (ReadOnlySpan<string>)["dtype", "list", "sequence", "struct"])
            {
                var type = feature.Find(key);
                if (type is YamlScalar { Text: "json" }) places.Add(place);
                else Features(type, place, places);
            }
        }
    }

    private void Config(YamlMap config)
    {
        var name = "default";
        if (config.FindText("config_name") is { } given) name = given.Text;
        else Report(config.Span, ConsumerCodes.MissingField, "config_name is missing, which is required even for one configuration");

        if (BadConfigLetter.IsMatch(name)) Report(config.Span, ConsumerCodes.UnknownValue, $"the configuration '{name}' may not contain any of < > : / \\ | ? *");

        var root = config.Find("data_dir") is YamlScalar folder ? folder.Text : string.Empty;
        switch (config.Find("data_files"))
        {
            case YamlScalar { IsNull: false } one:
                Pattern(name, string.Empty, root, one);
                break;
            case YamlList list:
                HashSet<string> splits = new(StringComparer.Ordinal);
                var hasSplits = list.Items.Any(static item => item is YamlMap);
                foreach (var item in list.Items)
                {
                    if (item is YamlMap split)
                    {
                        Split(name, root, split);
                        if (split.FindText("split") is { } own && !splits.Add(own.Text))
                            Report(own.Span, ConsumerCodes.UnknownValue, $"the split '{own.Text}' of the configuration '{name}' is listed twice; give it a list of paths");
                    }
                    else if (hasSplits || item is not YamlScalar pattern)
                    {
                        Report(item.Span, ConsumerCodes.WrongType, $"an entry of data_files of the configuration '{name}' is {item.Noun}, expected {(hasSplits ? "a mapping with split and path, as beside it" : "a path, or a mapping with split and path")}");
                    }
                    else
                    {
                        Pattern(name, string.Empty, root, pattern);
                    }
                }

                break;
            case YamlMap map:
                Report(map.Span, ConsumerCodes.WrongType, $"data_files of the configuration '{name}' is a mapping, expected a path, a list of paths or a list of mappings with split and path");
                break;
            default:
                if (root.Length > 0 && !Directory.Exists(Path.Combine(_folder, root)))
                    Report(config.Span, ConsumerCodes.CardFiles, $"the folder '{root}' of the configuration '{name}' is not there");

                break;
        }
    }

    private void Split(string config, string root, YamlMap entry)
    {
        var split = entry.FindText("split")?.Text ?? string.Empty;
        if (!SplitName.IsMatch(split))
            Report(entry.Find("split")?.Span ?? entry.Span, ConsumerCodes.UnknownValue, $"the split '{split}' of the configuration '{config}' is not a split name: letters, digits and underscores, with dots between them");

        foreach (var key in entry.Entries.Select(static one => one.Key.Text).Where(static key => key is not ("split" or "path")))
            Report(entry.Span, ConsumerCodes.UnknownKey, $"'{key}' beside the split '{split}' of the configuration '{config}' is rejected: an entry has only split and path");

        switch (entry.Find("path"))
        {
            case YamlScalar pattern:
                Pattern(config, split, root, pattern);
                break;
            case YamlList list:
                foreach (var pattern in list.Items.OfType<YamlScalar>()) Pattern(config, split, root, pattern);

                break;
            default:
                Report(entry.Span, ConsumerCodes.MissingField, $"the split '{split}' of the configuration '{config}' has no path");
                break;
        }
    }

    private void Pattern(string config, string split, string root, YamlScalar pattern)
    {
        if (pattern.Text.Contains("://", StringComparison.Ordinal)) return;

        // Any character in place of a character class finds the files; which of them match is checked afterwards.
        var asked = root.Length == 0 ? pattern.Text : $"{root.TrimEnd('/')}/{pattern.Text}";
        var glob = LetterClass.Replace(asked, "?");
        if (Directory.Exists(Path.Combine(_folder, glob)))
        {
            Report(pattern.Span, ConsumerCodes.CardFiles, $"'{pattern.Text}' of the configuration '{config}' is a folder, which matches no file; write {pattern.Text.TrimEnd('/')}/*");
            glob = $"{glob.TrimEnd('/')}/**";
        }

        var files = FileGlob.Expand(_view, _folder, glob, new SourceLimits());
        if (LetterClass.IsMatch(asked) && Expression(asked) is var expression) files = [.. files.Where(file => expression.IsMatch(Path.GetRelativePath(_folder, file.Path).Replace('\\', '/')))];

        if (files.Count == 0) Report(pattern.Span, ConsumerCodes.CardFiles, $"'{pattern.Text}' of the configuration '{config}' matches no file");

        foreach (var file in files) Files.TryAdd(Path.GetFullPath(file.Path), new CardFile(config, split));
    }

    // fsspec's glob: [abc], [a-z] and [!abc] match one character, ** any folders.
    private static Regex Expression(string glob)
    {
        var expression = new System.Text.StringBuilder("^");
        for (var i = 0; i < glob.Length; i++)
        {
            var end = glob[i] == '[' ? glob.IndexOf(']', Math.Min(i + 2, glob.Length)) : -1;
            if (end > 0)
            {
                var inner = glob[(i + 1)..end].Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal);
                expression.Append('[').Append(inner[0] == '!' ? $"^{inner[1..]}" : inner[0] == '^' ? $"\\{inner}" : inner).Append(']');
                i = end;
            }
            else if (glob[i] == '*')
            {
                var isDeep = i + 1 < glob.Length && glob[i + 1] == '*';
                expression.Append(isDeep ? ".*" : "[^/]*");
                if (isDeep) i++;
            }
            else
            {
                expression.Append(glob[i] == '?' ? "[^/]" : Regex.Escape(glob[i].ToString()));
            }
        }

        return new Regex(expression.Append('$').ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    private void Report(SourceSpan span, string code, string message) =>
        Findings.Add(ValidationReport.At(code, Severity.Error, span.Source.Name, span.Start.Line, span.Start.Column, message, Source));
}
