using InstructKit.Text;

namespace InstructKit.Templating.Values;

/// <summary>Jinja's <c>self</c>: there, but empty, because templates stand alone.</summary>
internal sealed class SelfValue : ObjectValue
{
    public override string TypeName => "TemplateReference";

    public override bool IsTrue => true;

    public override void AppendText(Utf8Output output, int depth) => output.AppendText("<TemplateReference None>"u8);
}
