using InstructKit.Templating.Syntax;
using InstructKit.Templating.Values;

namespace InstructKit.Templating.Rendering;

/// <summary>Sets an attribute of a namespace.</summary>
internal sealed class NamespaceTarget(NameNode target, string name, Place place) : TargetNode
{
    private readonly Value _name = Value.From(name);

    public override void Assign(Frame frame, Value value)
    {
        var owner = target.Evaluate(frame);
        frame.Context.Place = place.Packed;
        if (owner.Reference is not NamespaceValue names) throw new TemplateError(TemplateCodes.NotANamespace, "cannot assign attribute on non-namespace object");
        names.Set(_name, value);
    }
}
