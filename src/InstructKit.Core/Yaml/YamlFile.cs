using InstructKit.Sources.Files;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace InstructKit.Yaml;

/// <summary>Reads a YAML document into nodes with positions. No types are inferred: a scalar is interpreted where it is used.</summary>
public static class YamlFile
{
    // Anchors let a few bytes name millions of nodes; the depth and the expansion of aliases are bounded.
    private const int MaxDepth = 64;
    private const int MaxSharedNodes = 100_000;

    /// <summary>Reads a file; an empty one is an empty mapping.</summary>
    /// <param name="path">The file.</param>
    /// <param name="index">An index that may contain it, or null.</param>
    /// <exception cref="DiagnosticException">Not YAML (IK2001), not UTF-8 (IK2016), or the top is not a mapping (IK2004).</exception>
    public static YamlMap Load(string path, YamlIndex? index = null)
    {
        var content = TextFile.Bytes(path);
        var source = TextFile.Decode(path, content);
        return index?.Find(path, content, source) ?? Parse(source);
    }

    /// <summary>Reads a text.</summary>
    /// <exception cref="DiagnosticException">Not YAML (IK2001), or the top is not a mapping (IK2004).</exception>
    public static YamlMap Parse(SourceText source) => Parse(source, null);

    /// <summary>Reads a text in which mappings may have duplicate keys: the last value wins, as in PyYAML.</summary>
    /// <param name="source">The text.</param>
    /// <param name="onDuplicate">Receives the first key and the one that replaces it; null to make it an error (IK2005).</param>
    /// <exception cref="DiagnosticException">Not YAML (IK2001), or the top is not a mapping (IK2004).</exception>
    public static YamlMap Parse(SourceText source, Action<YamlScalar, YamlScalar>? onDuplicate)
    {
        var parser = new Parser(new StringReader(source.Text));
        try
        {
            var reader = new EventReader(source, parser, onDuplicate);
            return reader.ReadDocument() switch
            {
                null => new YamlMap([], new SourceSpan(source, 0, 0)),
                YamlMap map => map,
                YamlScalar { IsNull: true } => new YamlMap([], new SourceSpan(source, 0, 0)),
                var other => throw new DiagnosticException(new Diagnostic(YamlCodes.WrongType, Severity.Error, $"Expected a mapping, found {other.Noun}.", other.Span)),
            };
        }
        catch (YamlException exception)
        {
            throw IndentedWithTab(source, exception) is { } tab
                ? NotYaml(source, tab, "lines are indented with spaces, found a tab", exception)
                : NotYaml(source, exception.Start.Index, exception.Message.TrimEnd('.'), exception);
        }
        catch (InvalidOperationException exception)
        {
            // A bug of the parser on invalid YAML, such as a flow list whose last quoted item runs into plain text.
            throw NotYaml(source, parser.Current?.End.Index ?? 0, "there is an error after this position", exception);
        }
    }

    // The parser reports the beginning of the mapping that contains the tab.
    private static int? IndentedWithTab(SourceText source, YamlException exception)
    {
        if (!exception.Message.Contains("tab", StringComparison.Ordinal)) return null;

        var text = source.Text;
        for (var start = 0; start < text.Length; start = text.IndexOf('\n', start) is >= 0 and var end ? end + 1 : text.Length)
        {
            var at = start;
            while (at < text.Length && text[at] == ' ') at++;

            if (at < text.Length && text[at] == '\t' && at >= exception.Start.Index) return at;
        }

        return null;
    }

    private static DiagnosticException NotYaml(SourceText source, long index, string what, Exception inner) =>
        new(new Diagnostic(YamlCodes.YamlSyntax, Severity.Error, $"Not valid YAML: {what}.", new SourceSpan(source, (int)Math.Clamp(index, 0, source.Text.Length), 0)), inner);

    private sealed class EventReader(SourceText source, IParser parser, Action<YamlScalar, YamlScalar>? onDuplicate)
    {
        private readonly Dictionary<string, (YamlNode Node, int Size)> _anchors = new(StringComparer.Ordinal);
        private int _nodes;
        private int _shared;

        public YamlNode? ReadDocument()
        {
            parser.Consume<StreamStart>();
            if (parser.TryConsume<StreamEnd>(out _)) return null;

            parser.Consume<DocumentStart>();
            var node = Read(0);
            parser.Consume<DocumentEnd>();
            if (parser.Accept<DocumentStart>(out var second))
            {
                throw new DiagnosticException(
                    new Diagnostic(YamlCodes.YamlSyntax, Severity.Error, "A second YAML document begins here; a file holds one.", Span(second.Start, second.Start)));
            }

            return node;
        }

        private YamlNode Read(int depth)
        {
            if (parser.TryConsume<AnchorAlias>(out var alias)) return Shared(alias);

            if (depth > MaxDepth)
            {
                throw new DiagnosticException(
                    new Diagnostic(YamlCodes.YamlSyntax, Severity.Error, $"Nested deeper than {MaxDepth} levels.", Span(parser.Current!.Start, parser.Current.End)));
            }

            var begin = parser.Current as NodeEvent;
            var before = _nodes++;
            var node = parser.TryConsume<Scalar>(out var scalar) ? MakeScalar(scalar)
                : parser.Accept<SequenceStart>(out _) ? ReadList(depth)
                : (YamlNode)ReadMap(depth);
            if (begin is { Tag.IsEmpty: false }) node = node with { Tag = begin.Tag.Value };

            if (begin is { Anchor.IsEmpty: false }) _anchors[begin.Anchor.Value] = (node, _nodes - before);

            return node;
        }

        // The anchor of a node still being read is not known yet, so no alias can refer to an enclosing node.
        private YamlNode Shared(AnchorAlias alias)
        {
            if (!_anchors.TryGetValue(alias.Value.Value, out var anchor)) throw Broken($"There is no anchor '{alias.Value.Value}' before this alias.", alias);

            _nodes += anchor.Size;
            _shared += anchor.Size;
            return _shared <= MaxSharedNodes ? anchor.Node : throw Broken($"The aliases stand for more than {MaxSharedNodes} nodes.", alias);
        }

        private DiagnosticException Broken(string message, ParsingEvent place) =>
            new(new Diagnostic(YamlCodes.YamlSyntax, Severity.Error, message, Span(place.Start, place.End)));

        private YamlList ReadList(int depth)
        {
            var start = parser.Consume<SequenceStart>();
            List<YamlNode> items = [];
            while (!parser.Accept<SequenceEnd>(out _)) items.Add(Read(depth + 1));

            return new YamlList(items, Span(start.Start, parser.Consume<SequenceEnd>().End));
        }

        private YamlMap ReadMap(int depth)
        {
            var start = parser.Consume<MappingStart>();
            List<YamlEntry> entries = [];
            Dictionary<string, int> keys = new(StringComparer.Ordinal);
            while (!parser.Accept<MappingEnd>(out _))
            {
                if (Read(depth + 1) is not YamlScalar key)
                    throw new DiagnosticException(new Diagnostic(YamlCodes.WrongType, Severity.Error, "A key must be a text.", Span(start.Start, start.End)));

                if (!keys.TryAdd(key.Text, entries.Count))
                {
                    var first = keys[key.Text];
                    if (onDuplicate is null)
                    {
                        throw new DiagnosticException(new Diagnostic(
                            YamlCodes.DuplicateKey, Severity.Error, $"The key '{key.Text}' occurs twice; first at {entries[first].Key.Span.Start}.", key.Span));
                    }

                    onDuplicate(entries[first].Key, key);
                    entries[first] = new YamlEntry(key, Read(depth + 1));
                    continue;
                }

                entries.Add(new YamlEntry(key, Read(depth + 1)));
            }

            return new YamlMap(entries, Span(start.Start, parser.Consume<MappingEnd>().End));
        }

        private YamlScalar MakeScalar(Scalar scalar)
        {
            var span = Span(scalar.Start, scalar.End);
            return new YamlScalar(scalar.Value, FormOf(scalar.Style), span);
        }

        private static ScalarForm FormOf(ScalarStyle style) => style switch
        {
            ScalarStyle.SingleQuoted => ScalarForm.SingleQuoted,
            ScalarStyle.DoubleQuoted => ScalarForm.DoubleQuoted,
            ScalarStyle.Literal => ScalarForm.Literal,
            ScalarStyle.Folded => ScalarForm.Folded,
            _ => ScalarForm.Plain,
        };

        private SourceSpan Span(in Mark start, in Mark end)
        {
            var from = (int)Math.Clamp(start.Index, 0, source.Text.Length);
            return new SourceSpan(source, from, (int)Math.Clamp(end.Index - from, 0, source.Text.Length - from));
        }
    }
}
