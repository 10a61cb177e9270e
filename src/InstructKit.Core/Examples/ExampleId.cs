using System.Buffers.Text;
using InstructKit.Templates;

namespace InstructKit.Examples;

/// <summary>The name of an example: <c>task:split:row:template:hash</c>. The hash is a truncated one of the model's view, the input and the options in
/// their order, and of any random choices for it: the layout of the options, the words of the template's variants, the exemplars, and
/// the order of the options.</summary>
public static class ExampleId
{
    /// <summary>Appends the id of an example.</summary>
    public static void Append(scoped in Example example, Utf8Output output)
    {
        example.Origin.Task.Plain.AppendTo(output);
        output.AppendRaw(":"u8);
        example.Origin.Split.Plain.AppendTo(output);
        output.AppendRaw(":"u8);
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(example.Row, digits, out var written);
        output.AppendRaw(digits[..written]);
        output.AppendRaw(":"u8);
        example.Origin.Template.Plain.AppendTo(output);
        output.AppendRaw(":"u8);
        Utf8Formatter.TryFormat((uint)(Hash(example) >> 32), digits, out written, new System.Buffers.StandardFormat('x', 8));
        output.AppendRaw(digits[..written]);
    }

    // FNV-1a (Fowler, Noll, Vo), its end mixed by the finaliser of SplitMix64 (Steele, Lea, Flood 2014), so that the digits used depend on every byte.
    private static ulong Hash(in Example example)
    {
        var hash = Add(0xCBF29CE484222325UL, example.Input);
        for (var i = 0; i < example.Options.Count; i++) hash = Add(hash, example.Options[i]);
        if (example.Layout is { } layout && !ReferenceEquals(layout, OptionsLayout.Released)) hash = Add(Add(hash, 'l'), layout.Name);
        if (example.Template.Variants.Length > 0) hash = Add(Add(hash, 'v'), example.Variant);
        for (var i = 0; i < example.Exemplars.Count; i++)
        {
            var exemplar = example.Exemplars[i];
            hash = Add(Add(Add(Add(hash, 'e'), exemplar.Row), exemplar.Origin.Split.Plain), exemplar.Origin.Template.Plain);
        }

        foreach (var place in example.OptionOrder) hash = Add(Add(hash, 'o'), place);
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        return hash ^ (hash >> 31);
    }

    private static ulong Add(ulong hash, long number)
    {
        for (var i = 0; i < sizeof(long); i++) hash = (hash ^ (byte)(number >> (8 * i))) * 0x100000001B3UL;
        return hash;
    }

    private static ulong Add(ulong hash, string name)
    {
        foreach (var character in name) hash = (hash ^ character) * 0x100000001B3UL;
        return hash;
    }

    private static ulong Add(ulong hash, ExampleText text)
    {
        var plain = text.IsEscaped && text.Bytes.Contains((byte)'\\') ? JsonEscapes.Unescape(text.Bytes) : text.Bytes;
        foreach (var one in plain) hash = (hash ^ one) * 0x100000001B3UL;
        return (hash ^ 0xFF) * 0x100000001B3UL;
    }
}
